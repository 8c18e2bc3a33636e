# usage: server.py ADDRESS PORT VERSION: pymodbus's server, 256 coils and 2,000 holding registers.
# Register 1990 tells its version; 1900 counts by itself, ten a second.
import asyncio
import signal
import sys

from pymodbus.datastore import (
    ModbusSequentialDataBlock,
    ModbusServerContext,
    ModbusSlaveContext,
)
from pymodbus.server import StartAsyncTcpServer

HOLDING, COUNT, VERSION = 3, 1900, 1990


async def count(unit):
    while True:
        await asyncio.sleep(0.1)
        unit.setValues(HOLDING, COUNT, [(unit.getValues(HOLDING, COUNT)[0] + 1) % 65536])


async def main(address, port, version):
    unit = ModbusSlaveContext(
        co=ModbusSequentialDataBlock(0, [0] * 256),
        hr=ModbusSequentialDataBlock(0, [0] * 2000),
        zero_mode=True,
    )
    unit.setValues(HOLDING, VERSION, [version])
    counting = asyncio.create_task(count(unit))
    context = ModbusServerContext(slaves=unit, single=True)
    await asyncio.gather(counting, StartAsyncTcpServer(context=context, address=(address, port)))


signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # process 1 has no default for it
asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
