/* usage: server ADDRESS PORT VERSION [TICK_MS]: a pump station on libmodbus's server, with 256 coils
   and 2,000 holding registers. Register 1990 tells its version; 1900 counts by itself, ten a second
   unless told otherwise. */
#include <modbus/modbus.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/select.h>
#include <time.h>
#include <unistd.h>

enum { COILS = 256, REGISTERS = 2000, CLIENTS = 64, COUNT = 1900, VERSION = 1990, USUAL_TICK_MS = 100 };

static modbus_t *modbus;
static modbus_mapping_t *map;
static int listener, most;
static fd_set clients;

static long now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000L + now.tv_nsec / 1000000;
}

static void greet(void) {
  int client = modbus_tcp_accept(modbus, &listener);
  if (client < 0) return;
  FD_SET(client, &clients);
  if (client > most) most = client;
}

static void serve(int client) {
  uint8_t query[MODBUS_TCP_MAX_ADU_LENGTH];
  modbus_set_socket(modbus, client);
  int length = modbus_receive(modbus, query);
  if (length > 0) {
    modbus_reply(modbus, query, length, map);
  } else if (length < 0) {
    close(client);
    FD_CLR(client, &clients);
  }
}

/* Waits for what clients want, for at most so long. */
static void serve_for(long ms) {
  fd_set ready = clients;
  struct timeval left = {ms / 1000, ms % 1000 * 1000};
  if (select(most + 1, &ready, NULL, NULL, &left) <= 0) return;
  for (int fd = 0; fd <= most; fd++) {
    if (!FD_ISSET(fd, &ready)) continue;
    if (fd == listener) {
      greet();
    } else {
      serve(fd);
    }
  }
}

static void end(int signal) {
  (void)signal;
  _exit(0);
}

int main(int argc, char **argv) {
  if (argc != 4 && argc != 5) return 2;
  long tick = argc == 5 ? atol(argv[4]) : USUAL_TICK_MS;
  if (tick < 1) return 2;
  signal(SIGTERM, end); /* process 1 has no default for it */
  modbus = modbus_new_tcp(argv[1], atoi(argv[2]));
  map = modbus_mapping_new(COILS, 0, REGISTERS, 0);
  map->tab_registers[VERSION] = atoi(argv[3]);
  listener = most = modbus_tcp_listen(modbus, CLIENTS);
  if (listener < 0) return 1;
  FD_ZERO(&clients);
  FD_SET(listener, &clients);
  for (long next = now_ms() + tick;;) {
    long left = next - now_ms();
    if (left > 0) {
      serve_for(left);
    } else {
      map->tab_registers[COUNT]++;
      next += tick;
    }
  }
}
