/*
 * Counts what it is asked to, and says the number: one thread, one request a connection.
 *
 *   POST /add      adds one and answers the number; 503 while it rests
 *   GET  /state    the number, with an ETag; PUT takes one, 204
 *   POST /act, /rest   has it act, or act no longer
 *   GET  anything  {"version":"VERSION","count":N}
 *
 * Environment: PORT (8080), VERSION (none), PASSIVE: begins at rest, FILE: keeps the number there,
 * FAULT: what goes wrong with the second PUT: refuses it, alters the number, stalls for a minute.
 * With an argument it is a command beside the server: save (the number to the standard output), load
 * (one from the standard input), act, rest, dump (as save, and leaves 600 kB more in /dump each time).
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

static long count;
static int rests;

static void keep(void) {
  const char *file = getenv("FILE");
  if (!file) return;
  int fd = open(file, O_CREAT | O_WRONLY, 0600);
  char line[32];
  int n = snprintf(line, sizeof line, "%020ld\n", count);
  if (fd < 0 || pwrite(fd, line, n, 0) != n || fsync(fd)) {
    perror("counterapp: cannot keep the number");
    exit(1);
  }
  close(fd);
}

static void remember(void) {
  const char *file = getenv("FILE");
  FILE *in = file ? fopen(file, "r") : 0;
  if (in) {
    if (fscanf(in, "%ld", &count) != 1) count = 0;
    fclose(in);
  }
}

static void answer(int fd, const char *status, const char *body) {
  char out[512];
  int n = snprintf(out, sizeof out,
                   "HTTP/1.1 %s\r\nETag: \"%ld\"\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s",
                   status, count, strlen(body), body);
  if (write(fd, out, n) != n) return;
}

static void take(int fd, const char *number) {
  static int puts;
  const char *fault = ++puts == 2 && getenv("FAULT") ? getenv("FAULT") : "";
  if (!strcmp(fault, "stalls")) sleep(60);
  if (!strcmp(fault, "refuses")) {
    answer(fd, "507 Insufficient Storage", "no room for that");
    return;
  }
  count = atol(number) + !strcmp(fault, "alters");
  keep();
  answer(fd, "204 No Content", "");
}

static void serve(int fd) {
  static char in[8192];
  size_t have = 0, want = 0;
  char *body = 0;
  while (!body || have < want) {
    ssize_t got = read(fd, in + have, sizeof in - 1 - have);
    if (got <= 0) return;
    have += got;
    in[have] = 0;
    body = strstr(in, "\r\n\r\n");
    if (body) {
      const char *length = strcasestr(in, "\r\ncontent-length:");
      body += 4;
      want = body - in + (length && length < body ? strtoul(length + 17, 0, 10) : 0);
    }
  }
  char text[128];
  if (!strncmp(in, "POST /add ", 10)) {
    if (rests) {
      answer(fd, "503 Service Unavailable", "at rest");
      return;
    }
    count++;
    keep();
    snprintf(text, sizeof text, "%ld", count);
    answer(fd, "200 OK", text);
  } else if (!strncmp(in, "GET /state ", 11)) {
    snprintf(text, sizeof text, "%ld", count);
    answer(fd, "200 OK", text);
  } else if (!strncmp(in, "PUT /state ", 11)) {
    take(fd, body);
  } else if (!strncmp(in, "POST /act ", 10) || !strncmp(in, "POST /rest ", 11)) {
    rests = in[6] == 'r';
    answer(fd, "204 No Content", "");
  } else {
    const char *version = getenv("VERSION");
    snprintf(text, sizeof text, "{\"version\":\"%s\",\"count\":%ld}", version ? version : "none", count);
    answer(fd, "200 OK", text);
  }
}

/* Leaves a file for each time that it is called. */
static int dump(void) {
  static char dumped[600000];
  char name[32];
  snprintf(name, sizeof name, "/dump/%d", getpid());
  int fd = open(name, O_CREAT | O_WRONLY, 0600);
  for (size_t left = sizeof dumped; left;) {
    ssize_t wrote = write(fd, dumped, left);
    if (wrote < 0) {
      perror("counterapp: cannot dump");
      return 0;
    }
    left -= wrote;
  }
  return !close(fd);
}

static struct sockaddr_in here(void) {
  const char *port = getenv("PORT");
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port ? atoi(port) : 8080)};
  return address;
}

static int command(const char *what) {
  char given[64] = "", out[256], in[1024] = "";
  if (!strcmp(what, "dump") && !dump()) return 1;
  if (!strcmp(what, "load") && !fgets(given, sizeof given, stdin)) return 1;
  const char *line = !strcmp(what, "save") || !strcmp(what, "dump") ? "GET /state"
                     : !strcmp(what, "load")                        ? "PUT /state"
                                                                    : 0;
  char own[16];
  snprintf(own, sizeof own, "POST /%.8s", what);
  int n = snprintf(out, sizeof out, "%s HTTP/1.1\r\nContent-Length: %zu\r\n\r\n%s",
                   line ? line : own, strlen(given), given);
  struct sockaddr_in address = here();
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(fd, (struct sockaddr *)&address, sizeof address) || write(fd, out, n) != n) {
    perror("counterapp: the server does not answer");
    return 1;
  }
  size_t have = 0;
  for (ssize_t got; (got = read(fd, in + have, sizeof in - 1 - have)) > 0;) have += got;
  const char *body = strstr(in, "\r\n\r\n");
  if (strncmp(in, "HTTP/1.1 20", 11) || !body) return 1;
  printf("%s", body + 4);
  return 0;
}

int main(int arguments, char **words) {
  if (arguments > 1) return command(words[1]);
  signal(SIGPIPE, SIG_IGN);
  rests = getenv("PASSIVE") != 0;
  remember();
  int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  struct sockaddr_in address = here();
  if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 64)) {
    perror("counterapp: cannot listen");
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
