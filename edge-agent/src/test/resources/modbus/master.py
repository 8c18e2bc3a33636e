# usage: master.py PORT: pymodbus's client on one connection; a line for each write and read.
import sys

from pymodbus.client import ModbusTcpClient

client = ModbusTcpClient("127.0.0.1", port=int(sys.argv[1]), retries=0)
client.connect()
first = client.socket
number = 0
while True:
    number = (number + 1) % 65536
    written = client.write_register(10, number, slave=1)
    read = client.read_holding_registers(0, 1, slave=1)
    if written.isError() or read.isError():
        print("failed", written, read, flush=True)
    elif client.socket is not first:
        print("failed: connected anew", flush=True)
        first = client.socket
    else:
        print("version", read.registers[0], flush=True)
