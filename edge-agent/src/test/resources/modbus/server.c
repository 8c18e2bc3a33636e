/* usage: server PORT VERSION [REGISTERS COILS]: libmodbus's server with 2,000 holding registers and
   256 coils unless said otherwise; the first register is its version. */
#include <modbus/modbus.h>
#include <stdlib.h>
#include <sys/select.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc != 3 && argc != 5) return 2;
  modbus_t *modbus = modbus_new_tcp("127.0.0.1", atoi(argv[1]));
  int registers = argc == 5 ? atoi(argv[3]) : 2000, coils = argc == 5 ? atoi(argv[4]) : 256;
  modbus_mapping_t *map = modbus_mapping_new(coils, 0, registers, 0);
  map->tab_registers[0] = atoi(argv[2]);
  int listener = modbus_tcp_listen(modbus, 32), most = listener;
  if (listener < 0) return 1;
  fd_set open;
  FD_ZERO(&open);
  FD_SET(listener, &open);
  for (;;) {
    fd_set ready = open;
    if (select(most + 1, &ready, NULL, NULL, NULL) < 0) return 1;
    for (int fd = 0; fd <= most; fd++) {
      if (!FD_ISSET(fd, &ready)) continue;
      if (fd == listener) {
        int client = modbus_tcp_accept(modbus, &listener);
        FD_SET(client, &open);
        if (client > most) most = client;
        continue;
      }
      uint8_t query[MODBUS_TCP_MAX_ADU_LENGTH];
      modbus_set_socket(modbus, fd);
      int length = modbus_receive(modbus, query);
      if (length > 0) {
        modbus_reply(modbus, query, length, map);
      } else if (length < 0) {
        close(fd);
        FD_CLR(fd, &open);
      }
    }
  }
}
