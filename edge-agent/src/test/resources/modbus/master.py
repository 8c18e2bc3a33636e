# usage: master.py PORT: pymodbus's client on one connection. It tells the version of register 1990,
# and whether register 10 has lost what was written to it.
import sys

from pymodbus.client import ModbusTcpClient

client = ModbusTcpClient("127.0.0.1", port=int(sys.argv[1]), retries=0)
client.connect()
first = client.socket
number = 0
while True:
    last = client.read_holding_registers(10, 1, slave=1)
    version = client.read_holding_registers(1990, 1, slave=1)
    written = client.write_register(10, (number + 1) % 65536, slave=1)
    if last.isError() or version.isError() or written.isError():
        print("failed:", last, version, written, flush=True)
    elif last.registers[0] != number:
        print("failed: wrote", number, "read", last.registers[0], flush=True)
    elif client.socket is not first:
        print("failed: connected anew", flush=True)
    else:
        print("version", version.registers[0], flush=True)
    first = client.socket
    number = (number + 1) % 65536
