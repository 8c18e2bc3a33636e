/*
 * The app that the tests and benchmarks swap: one thread, one static binary, up in a millisecond,
 * under 1 MB in memory, so that what is measured is the swap.
 *
 *   GET  anything      {"version":"VERSION","path":"…the request's own…"}; /chunked… answers chunked
 *   POST anything      the body, as it came; POST /lease: what the agent answers to it, see below
 *   Upgrade: websocket text and binary frames come back, ping is answered, close is confirmed
 *   TCP on TCP_PORT    bytes come back, and the end behind them
 *
 * Environment: PORT (8080), TCP_PORT (7007), VERSION (none), and MODE, what goes wrong:
 *   ok · 500 (answers that to everything) · exit (code 3, at once) · oom (eats memory until killed)
 *   · deaf (lives, never listens) · late:N (listens after N ms)
 *   · mortal:N (exits with 4, N ms after the first request that came through the router)
 *   · sick:N (/health fails from then on, everything else is answered)
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum kind { LISTEN_HTTP, LISTEN_TCP, HTTP, WEBSOCKET, TCP };

struct bytes { char *at; size_t length, room; };

struct connection {
  int fd;
  enum kind kind;
  struct bytes in, out;
  size_t sent;      /* of out */
  int ends;         /* close once out is sent */
  int continued;    /* 100 Continue went out for the request at hand */
};

static int poller;
static const char *version, *mode;
static long dies_at, sick_at;

static long now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void append(struct bytes *b, const void *from, size_t length) {
  if (b->length + length + 1 > b->room) {
    b->room = (b->length + length + 1) * 2;
    b->at = realloc(b->at, b->room);
    if (!b->at) abort();
  }
  memcpy(b->at + b->length, from, length);
  b->length += length;
  b->at[b->length] = 0;
}

static void consume(struct bytes *b, size_t length) {
  memmove(b->at, b->at + length, b->length - length + 1);
  b->length -= length;
}

static void text(struct bytes *b, const char *s) { append(b, s, strlen(s)); }

/* --- SHA-1 and base64, for Sec-WebSocket-Accept -------------------------------------------- */

static uint32_t rol(uint32_t x, int n) { return x << n | x >> (32 - n); }

static void sha1(const char *message, size_t length, uint8_t digest[20]) {
  uint8_t padded[192] = {0};
  uint32_t h[5] = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
  size_t blocks = (length + 8) / 64 + 1;
  memcpy(padded, message, length);
  padded[length] = 0x80;
  for (int i = 0; i < 8; i++) padded[blocks * 64 - 1 - i] = (uint8_t)((uint64_t)length * 8 >> 8 * i);
  for (size_t block = 0; block < blocks; block++) {
    uint32_t w[80], a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];
    for (int i = 0; i < 16; i++) {
      const uint8_t *p = padded + block * 64 + i * 4;
      w[i] = (uint32_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3];
    }
    for (int i = 16; i < 80; i++) w[i] = rol(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    for (int i = 0; i < 80; i++) {
      uint32_t f = i < 20 ? ((b & c) | (~b & d)) : i < 40 ? (b ^ c ^ d)
                 : i < 60 ? ((b & c) | (b & d) | (c & d)) : (b ^ c ^ d);
      uint32_t k = i < 20 ? 0x5A827999 : i < 40 ? 0x6ED9EBA1 : i < 60 ? 0x8F1BBCDC : 0xCA62C1D6;
      uint32_t t = rol(a, 5) + f + e + k + w[i];
      e = d; d = c; c = rol(b, 30); b = a; a = t;
    }
    h[0] += a; h[1] += b; h[2] += c; h[3] += d; h[4] += e;
  }
  for (int i = 0; i < 20; i++) digest[i] = (uint8_t)(h[i / 4] >> (24 - i % 4 * 8));
}

static void accept_key(const char *key, size_t length, char out[29]) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  char salted[120];
  uint8_t digest[21] = {0};
  snprintf(salted, sizeof salted, "%.*s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", (int)length, key);
  sha1(salted, strlen(salted), digest);
  for (int i = 0, o = 0; i < 21; i += 3, o += 4) {
    uint32_t v = (uint32_t)digest[i] << 16 | digest[i + 1] << 8 | digest[i + 2];
    for (int j = 0; j < 4; j++) out[o + j] = digits[v >> (18 - 6 * j) & 63];
  }
  out[27] = '=';
  out[28] = 0;
}

/* --- HTTP ---------------------------------------------------------------------------------- */

/* The value of a header in a head that ends with an empty line; NULL where there is none. */
static const char *header(const char *head, const char *name, size_t *length) {
  size_t n = strlen(name);
  for (const char *line = strstr(head, "\r\n"); line && line[2] != '\r'; line = strstr(line + 2, "\r\n")) {
    if (!strncasecmp(line + 2, name, n) && line[2 + n] == ':') {
      const char *value = line + 3 + n;
      while (*value == ' ') value++;
      *length = (size_t)(strstr(value, "\r\n") - value);
      return value;
    }
  }
  return NULL;
}

static int header_is(const char *head, const char *name, const char *expected) {
  size_t length;
  const char *value = header(head, name, &length);
  return value && length == strlen(expected) && !strncasecmp(value, expected, length);
}

/* Puts a chunked body's content into body. Returns the bytes it took, 0 if it is not all there. */
static size_t unchunk(const char *from, size_t length, struct bytes *body) {
  size_t at = 0;
  for (;;) {
    const char *end = memmem(from + at, length - at, "\r\n", 2);
    if (!end) return 0;
    size_t size = strtoul(from + at, NULL, 16);
    at = (size_t)(end - from) + 2;
    if (size == 0) {
      for (;;) { /* trailers, up to an empty line */
        end = memmem(from + at, length - at, "\r\n", 2);
        if (!end) return 0;
        size_t line = (size_t)(end - from) - at;
        at += line + 2;
        if (line == 0) return at;
      }
    }
    if (at + size + 2 > length) return 0;
    append(body, from + at, size);
    at += size + 2;
  }
}

static void answer(struct connection *c, const char *status, const struct bytes *body, int chunked) {
  char head[256];
  const char *close = c->ends ? "Connection: close\r\n" : "";
  if (chunked) {
    snprintf(head, sizeof head,
        "HTTP/1.1 %s\r\nContent-Type: text/plain\r\n%sTransfer-Encoding: chunked\r\n\r\n%zx\r\n",
        status, close, body->length);
    text(&c->out, head);
    append(&c->out, body->at, body->length);
    text(&c->out, "\r\n0\r\n\r\n");
  } else {
    snprintf(head, sizeof head,
        "HTTP/1.1 %s\r\nContent-Type: text/plain\r\n%sContent-Length: %zu\r\n\r\n",
        status, close, body->length);
    text(&c->out, head);
    append(&c->out, body->at, body->length);
  }
}

static void upgrade(struct connection *c, const char *head) {
  size_t length;
  char key[29], head_out[256];
  const char *given = header(head, "Sec-WebSocket-Key", &length);
  if (!given || length > 60) { c->ends = 1; return; }
  accept_key(given, length, key);
  snprintf(head_out, sizeof head_out,
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Accept: %s\r\n\r\n", key);
  text(&c->out, head_out);
  c->kind = WEBSOCKET;
}

/* POST /lease: says the body at the door of the device's agent, which it has mounted. */
static void ask_for_lease(const struct bytes *line, struct bytes *out) {
  struct sockaddr_un door = {.sun_family = AF_UNIX, .sun_path = "/run/bumpless/lease.sock"};
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  char heard[4096];
  ssize_t n = 0;
  if (connect(fd, (struct sockaddr *)&door, sizeof door)) {
    text(out, strerror(errno));
  } else if (write(fd, line->at, line->length) != (ssize_t)line->length || write(fd, "\n", 1) != 1) {
    text(out, "cannot write there");
  } else {
    while ((n = read(fd, heard, sizeof heard)) > 0) append(out, heard, (size_t)n);
  }
  close(fd);
}

static void respond(struct connection *c, const char *head, const struct bytes *body) {
  struct bytes out = {0};
  const char *path = strchr(head, ' ') + 1;
  int path_length = (int)strcspn(path, " ");
  size_t ignored;
  if (!strncmp(mode, "mortal:", 7) && !dies_at && header(head, "X-Forwarded-For", &ignored))
    dies_at = now_ms() + atol(mode + 7);
  if (!strncmp(mode, "sick:", 5) && !sick_at && header(head, "X-Forwarded-For", &ignored))
    sick_at = now_ms() + atol(mode + 5);
  if (sick_at && now_ms() >= sick_at && !strncmp(path, "/health", 7)) {
    text(&out, "sick on purpose\n");
    answer(c, "503 Service Unavailable", &out, 0);
  } else if (!strcmp(mode, "500")) {
    text(&out, "broken on purpose\n");
    answer(c, "500 Internal Server Error", &out, 0);
  } else if (!strncmp(head, "POST /lease", 11)) {
    ask_for_lease(body, &out);
    answer(c, "200 OK", &out, 0);
  } else if (!strncmp(head, "POST", 4)) {
    answer(c, "200 OK", body, header_is(head, "Transfer-Encoding", "chunked"));
  } else {
    text(&out, "{\"version\":\"");
    text(&out, version);
    text(&out, "\",\"path\":\"");
    append(&out, path, (size_t)path_length);
    text(&out, "\"}\n");
    answer(c, "200 OK", &out, !strncmp(path, "/chunked", 8));
  }
  free(out.at);
}

/* Answers the first request in c->in; 0 if it is not all there. */
static int take_request(struct connection *c) {
  if (!c->in.length) return 0;
  char *end = memmem(c->in.at, c->in.length, "\r\n\r\n", 4);
  if (!end) return 0;
  size_t head = (size_t)(end - c->in.at) + 4, body_taken = 0, length;
  struct bytes body = {0};
  char saved = c->in.at[head];
  c->in.at[head] = 0; /* so that no search runs into the body */
  const char *content = header(c->in.at, "Content-Length", &length);
  int chunked = header_is(c->in.at, "Transfer-Encoding", "chunked");
  size_t wanted = content ? strtoul(content, NULL, 10) : 0;
  int expects = header_is(c->in.at, "Expect", "100-continue");
  c->in.at[head] = saved;
  append(&body, "", 0);
  if (chunked) {
    body_taken = unchunk(c->in.at + head, c->in.length - head, &body);
  } else if (c->in.length >= head + wanted) {
    append(&body, c->in.at + head, wanted);
    body_taken = wanted;
  }
  if ((chunked && !body_taken) || body_taken < wanted) {
    if (expects && !c->continued) {
      text(&c->out, "HTTP/1.1 100 Continue\r\n\r\n");
      c->continued = 1;
    }
    free(body.at);
    return 0;
  }
  c->in.at[head - 1] = 0;
  c->ends = header_is(c->in.at, "Connection", "close");
  if (header_is(c->in.at, "Upgrade", "websocket")) upgrade(c, c->in.at);
  else respond(c, c->in.at, &body);
  free(body.at);
  consume(&c->in, head + body_taken);
  c->continued = 0;
  return 1;
}

/* --- WebSocket ----------------------------------------------------------------------------- */

static int take_frame(struct connection *c) {
  const uint8_t *f = (const uint8_t *)c->in.at;
  if (c->in.length < 6) return 0;
  size_t length = f[1] & 127, at = 2;
  if (length == 126) {
    if (c->in.length < 8) return 0;
    length = (size_t)f[2] << 8 | f[3];
    at = 4;
  } else if (length == 127 || !(f[1] & 128)) {
    c->ends = 1; /* longer than any that the tests send, or not masked */
    return 0;
  }
  if (c->in.length < at + 4 + length) return 0;
  uint8_t head[4] = {f[0], (uint8_t)(length < 126 ? length : 126), (uint8_t)(length >> 8), (uint8_t)length};
  if ((f[0] & 15) == 9) head[0] = 0x8a;
  if ((f[0] & 15) == 8) c->ends = 1;
  append(&c->out, head, length < 126 ? 2 : 4);
  for (size_t i = 0; i < length; i++) {
    char byte = (char)(f[at + 4 + i] ^ f[at + i % 4]);
    append(&c->out, &byte, 1);
  }
  consume(&c->in, at + 4 + length);
  return 1;
}

/* --- the loop ------------------------------------------------------------------------------ */

static void drop(struct connection *c) {
  close(c->fd);
  free(c->in.at);
  free(c->out.at);
  free(c);
}

static void watch(struct connection *c, int how, uint32_t events) {
  struct epoll_event event = {.events = events, .data.ptr = c};
  epoll_ctl(poller, how, c->fd, &event);
}

static void accept_all(struct connection *listener) {
  int fd, one = 1;
  while ((fd = accept4(listener->fd, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
    struct connection *c = calloc(1, sizeof *c);
    if (!c) abort();
    c->fd = fd;
    c->kind = listener->kind == LISTEN_TCP ? TCP : HTTP;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    watch(c, EPOLL_CTL_ADD, EPOLLIN);
  }
}

/* Sends what it can; 0 if the connection is gone. */
static int flush_out(struct connection *c) {
  while (c->sent < c->out.length) {
    ssize_t n = send(c->fd, c->out.at + c->sent, c->out.length - c->sent, MSG_NOSIGNAL);
    if (n < 0) {
      if (errno != EAGAIN) return 0;
      watch(c, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
      return 1;
    }
    c->sent += (size_t)n;
  }
  c->sent = c->out.length = 0;
  if (c->ends) return 0;
  watch(c, EPOLL_CTL_MOD, EPOLLIN);
  return 1;
}

static void serve(struct connection *c) {
  char some[65536];
  ssize_t n = recv(c->fd, some, sizeof some, 0);
  if (n < 0 && errno != EAGAIN) { drop(c); return; }
  if (n == 0) c->ends = 1;
  if (n > 0) append(&c->in, some, (size_t)n);
  if (c->kind == TCP && c->in.length) {
    append(&c->out, c->in.at, c->in.length);
    consume(&c->in, c->in.length);
  }
  int ended = c->ends;
  while (c->kind == HTTP && take_request(c) && !c->ends) {}
  while (c->kind == WEBSOCKET && !c->ends && take_frame(c)) {}
  c->ends |= ended;
  if (!flush_out(c)) drop(c);
}

static struct connection *listen_on(const char *variable, const char *fallback, enum kind kind) {
  const char *port = getenv(variable) ? getenv(variable) : fallback;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
  struct connection *c = calloc(1, sizeof *c);
  int one = 1;
  if (!c) abort();
  address.sin_addr.s_addr = htonl(INADDR_ANY);
  c->kind = kind;
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  setsockopt(c->fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(c->fd, (struct sockaddr *)&address, sizeof address) || listen(c->fd, 4096)) {
    perror(variable);
    exit(1);
  }
  watch(c, EPOLL_CTL_ADD, EPOLLIN);
  return c;
}

static void on_term(int signal) { (void)signal; _exit(0); }

static void go_wrong(void) {
  if (!strcmp(mode, "exit")) {
    fprintf(stderr, "testapp: exiting on purpose\n");
    exit(3);
  }
  if (!strcmp(mode, "oom"))
    for (;;) memset(malloc(1 << 20), 1, 1 << 20);
  if (!strcmp(mode, "deaf"))
    for (;;) pause();
  if (!strncmp(mode, "late:", 5)) usleep((useconds_t)atol(mode + 5) * 1000);
}

int main(void) {
  struct epoll_event events[256];
  version = getenv("VERSION") ? getenv("VERSION") : "none";
  mode = getenv("MODE") ? getenv("MODE") : "ok";
  signal(SIGTERM, on_term);
  signal(SIGINT, on_term);
  fprintf(stderr, "testapp %s, mode %s\n", version, mode);
  go_wrong();
  poller = epoll_create1(0);
  listen_on("PORT", "8080", LISTEN_HTTP);
  listen_on("TCP_PORT", "7007", LISTEN_TCP);
  for (;;) {
    int n = epoll_wait(poller, events, 256, dies_at ? 10 : -1);
    for (int i = 0; i < n; i++) {
      struct connection *c = events[i].data.ptr;
      if (c->kind == LISTEN_HTTP || c->kind == LISTEN_TCP) accept_all(c);
      else serve(c);
    }
    if (dies_at && now_ms() >= dies_at) {
      fprintf(stderr, "testapp: dying on purpose\n");
      exit(4);
    }
  }
}
