/* usage: unruly FAULT ADDRESS PORT VERSION: a Modbus server that answers a health check well and
   misbehaves where state is brought to it. 2,000 holding registers, 1990 tells its version.
   FAULT: none, exceptions (to writes), cut (an answer to a write lacks its end), wrong-id (of an
   answer to a write), slow (2 s for a write), lacks (registers from 1000 on), drifts (register 42 by
   itself with every request); and from the second write of 1900 on, which is the hold's: dies, alters
   (keeps
   another value, too far off for the good one's count to get there), stalls (for 10 s). */
#include <arpa/inet.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { REGISTERS = 2000, COILS = 256, VERSION = 1990, HELD = 1900, LACKING = 1000, DRIFTING = 42 };

static const char *fault;
static uint16_t holding[REGISTERS];
static uint8_t coils[COILS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int is(const char *name) { return strcmp(fault, name) == 0; }

static int word(const uint8_t *at) { return at[0] << 8 | at[1]; }

static int read_all(int fd, uint8_t *to, int count) {
  for (int done = 0; done < count;) {
    int got = read(fd, to + done, count - done);
    if (got <= 0) return 0;
    done += got;
  }
  return 1;
}

static int refuse(uint8_t *pdu, int code) {
  pdu[0] |= 0x80;
  pdu[1] = code;
  return 2;
}

static int read_values(uint8_t *pdu, int first, int count) {
  if (pdu[0] == 1) {
    pdu[1] = (count + 7) / 8;
    memset(pdu + 2, 0, pdu[1]);
    for (int i = 0; i < count; i++) pdu[2 + i / 8] |= coils[first + i] << i % 8;
    return 2 + pdu[1];
  }
  pdu[1] = 2 * count;
  for (int i = 0; i < count; i++) {
    pdu[2 + 2 * i] = holding[first + i] >> 8;
    pdu[3 + 2 * i] = holding[first + i];
  }
  return 2 + pdu[1];
}

static int write_values(uint8_t *pdu, int first, int count) {
  static int brought;
  int held = (pdu[0] == 6 || pdu[0] == 16) && first <= HELD && HELD < first + count;
  int last = held && ++brought >= 2;
  if (is("dies") && last) _exit(3);
  if (is("stalls") && last) sleep(10);
  if (is("slow")) sleep(2);
  if (is("exceptions")) return refuse(pdu, 4);
  if (pdu[0] == 5) coils[first] = pdu[3] != 0;
  if (pdu[0] == 6) holding[first] = word(pdu + 3);
  for (int i = 0; i < count && pdu[0] == 15; i++) coils[first + i] = pdu[6 + i / 8] >> i % 8 & 1;
  for (int i = 0; i < count && pdu[0] == 16; i++) holding[first + i] = word(pdu + 6 + 2 * i);
  if (is("alters") && last) holding[HELD] ^= 0x8000;
  return 5;
}

/* Makes the answer of the request, and returns its length. */
static int answer(uint8_t *pdu) {
  int one = pdu[0] == 5 || pdu[0] == 6, first = word(pdu + 1), count = one ? 1 : word(pdu + 3);
  int coil = pdu[0] == 1 || pdu[0] == 5 || pdu[0] == 15;
  if (is("drifts")) holding[DRIFTING]++;
  if (first + count > (coil ? COILS : is("lacks") ? LACKING : REGISTERS)) return refuse(pdu, 2);
  if (pdu[0] == 1 || pdu[0] == 3) return read_values(pdu, first, count);
  if (one || pdu[0] == 15 || pdu[0] == 16) return write_values(pdu, first, count);
  return refuse(pdu, 1);
}

static void *serve(void *client) {
  int fd = (int)(intptr_t)client;
  uint8_t frame[300];
  while (read_all(fd, frame, 7)) {
    int length = word(frame + 4) - 1;
    if (length < 1 || length > 253 || !read_all(fd, frame + 7, length)) break;
    int writes = frame[7] != 1 && frame[7] != 3;
    pthread_mutex_lock(&lock);
    int answered = answer(frame + 7);
    pthread_mutex_unlock(&lock);
    frame[4] = 0;
    frame[5] = answered + 1;
    if (writes && is("wrong-id")) frame[1] ^= 0x55;
    if (write(fd, frame, 7 + answered - (writes && is("cut"))) < 0) break;
  }
  close(fd);
  return NULL;
}

static void end(int signal) {
  (void)signal;
  _exit(0);
}

int main(int argc, char **argv) {
  if (argc != 5) return 2;
  fault = argv[1];
  holding[VERSION] = atoi(argv[4]);
  signal(SIGTERM, end); /* process 1 has no default for it */
  signal(SIGPIPE, SIG_IGN);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[3]))};
  inet_pton(AF_INET, argv[2], &address.sin_addr);
  int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 64)) return 1;
  for (;;) {
    int client = accept(listener, NULL, NULL);
    pthread_t thread;
    if (client >= 0 && pthread_create(&thread, NULL, serve, (void *)(intptr_t)client) == 0)
      pthread_detach(thread);
  }
}
