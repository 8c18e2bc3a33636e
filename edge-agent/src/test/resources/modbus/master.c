/* usage: master PORT: libmodbus's client on one connection. It tells the version of register 1990,
   and whether register 11 has lost what was written to it. */
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
  for (uint16_t number = 0;; usleep(1000)) {
    uint16_t version = 0, last = 0;
    if (modbus_read_registers(modbus, 11, 1, &last) != 1 ||
        modbus_read_registers(modbus, 1990, 1, &version) != 1 ||
        modbus_write_register(modbus, 11, ++number) != 1)
      printf("failed: %s\n", modbus_strerror(errno));
    else if (last != (uint16_t)(number - 1))
      printf("failed: wrote %d, read %d\n", (uint16_t)(number - 1), last);
    else
      printf("version %d\n", version);
  }
}
