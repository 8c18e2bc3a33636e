/* usage: master PORT: libmodbus's client on one connection; a line for each write and read. */
#include <errno.h>
#include <modbus/modbus.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  modbus_t *modbus = modbus_new_tcp("127.0.0.1", atoi(argv[1]));
  modbus_set_slave(modbus, 1);
  if (modbus_connect(modbus) < 0) return 1;
  setlinebuf(stdout);
  for (unsigned number = 0;; number++) {
    uint16_t version = 0;
    if (modbus_write_register(modbus, 10, number & 0xffff) != 1 ||
        modbus_read_registers(modbus, 0, 1, &version) != 1)
      printf("failed: %s\n", modbus_strerror(errno));
    else
      printf("version %d\n", version);
    usleep(1000);
  }
}
