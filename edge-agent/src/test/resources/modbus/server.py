# usage: server.py PORT VERSION: pymodbus's server, 2,000 holding registers, the first its version.
import sys

from pymodbus.datastore import (
    ModbusSequentialDataBlock,
    ModbusServerContext,
    ModbusSlaveContext,
)
from pymodbus.server import StartTcpServer

port, version = int(sys.argv[1]), int(sys.argv[2])
registers = ModbusSequentialDataBlock(0, [version] + [0] * 1999)
unit = ModbusSlaveContext(hr=registers, zero_mode=True)
StartTcpServer(context=ModbusServerContext(slaves=unit, single=True), address=("127.0.0.1", port))
