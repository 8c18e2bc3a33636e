/*
 * An app with its state in memory: one thread, one request a connection.
 *
 *   GET  /state   the state, with an ETag made of it
 *   PUT  /state   takes one of known length; 204
 *   GET  anything {"version":"VERSION","bytes":N}
 *
 * Environment: PORT (8080), VERSION (none), BYTES (0): begins with so many bytes of state.
 * LOSES: with 1 it keeps only half of what it is given.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

static unsigned char *state;
static size_t bytes;

static uint64_t etag(void) { /* FNV-1a */
  uint64_t hash = 14695981039346656037u;
  for (size_t i = 0; i < bytes; i++) hash = (hash ^ state[i]) * 1099511628211u;
  return hash;
}

static void send_all(int fd, const void *from, size_t length) {
  while (length > 0) {
    ssize_t sent = write(fd, from, length);
    if (sent <= 0) return;
    from = (const char *)from + sent;
    length -= sent;
  }
}

static void answer(int fd, const char *status, const char *headers, const void *body, size_t length) {
  char head[512];
  int n = snprintf(head, sizeof head, "HTTP/1.1 %s\r\n%sContent-Length: %zu\r\nConnection: close\r\n\r\n",
                   status, headers, length);
  send_all(fd, head, n);
  send_all(fd, body, length);
}

static void take(int fd, const char *head, const char *body, size_t have) {
  const char *field = strcasestr(head, "\r\ncontent-length:");
  if (!field) {
    answer(fd, "411 Length Required", "", "", 0);
    return;
  }
  size_t length = strtoull(field + 17, 0, 10);
  unsigned char *given = malloc(length + 1);
  if (!given) abort();
  if (have > length) have = length;
  memcpy(given, body, have);
  while (have < length) {
    ssize_t got = read(fd, given + have, length - have);
    if (got <= 0) { /* a part is nothing */
      free(given);
      return;
    }
    have += got;
  }
  free(state);
  state = given;
  bytes = getenv("LOSES") ? length / 2 : length;
  answer(fd, "204 No Content", "", "", 0);
}

static void serve(int fd) {
  static char in[65536];
  size_t have = 0;
  char *end = 0;
  while (!end && have < sizeof in - 1) {
    ssize_t got = read(fd, in + have, sizeof in - 1 - have);
    if (got <= 0) return;
    have += got;
    in[have] = 0;
    end = strstr(in, "\r\n\r\n");
  }
  if (!end) return;
  char headers[128];
  if (!strncmp(in, "PUT /state ", 11)) {
    size_t head = end + 4 - in;
    *end = 0;
    take(fd, in, in + head, have - head);
  } else if (!strncmp(in, "GET /state ", 11)) {
    snprintf(headers, sizeof headers, "ETag: \"%016llx\"\r\nContent-Type: application/octet-stream\r\n",
             (unsigned long long)etag());
    answer(fd, "200 OK", headers, state, bytes);
  } else {
    char body[256];
    const char *version = getenv("VERSION");
    int n = snprintf(body, sizeof body, "{\"version\":\"%s\",\"bytes\":%zu}", version ? version : "none", bytes);
    answer(fd, "200 OK", "Content-Type: application/json\r\n", body, n);
  }
}

int main(void) {
  signal(SIGPIPE, SIG_IGN);
  const char *port = getenv("PORT"), *begin = getenv("BYTES");
  bytes = begin ? strtoull(begin, 0, 10) : 0;
  state = malloc(bytes + 1);
  if (!state) abort();
  uint32_t random = 1;
  for (size_t i = 0; i < bytes; i++) state[i] = (random = random * 1664525u + 1013904223u) >> 24;
  int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port ? atoi(port) : 8080)};
  if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 64)) {
    perror("stateapp: cannot listen");
    return 1;
  }
  for (;;) {
    int fd = accept(listener, 0, 0);
    if (fd >= 0) {
      serve(fd);
      shutdown(fd, SHUT_WR);
      close(fd);
    }
  }
}
