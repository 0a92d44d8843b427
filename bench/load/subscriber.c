#define _GNU_SOURCE
#include "subscriber.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TEXT = 1, CLOSE = 8, PING = 9, PONG = 10 };

static SubscriberOptions options;
static SubscriberEvents events;
static int epoll;
static unsigned char buffer[1 << 20];

void subscriber_setup(const SubscriberOptions *given, const SubscriberEvents *told, int poll) {
  options = *given;
  events = *told;
  epoll = poll;
}

static void leave(Subscriber *subscriber, const char *why) {
  if (subscriber->stage == GONE) return;
  epoll_ctl(epoll, EPOLL_CTL_DEL, subscriber->socket, NULL);
  close(subscriber->socket);
  events.gone(subscriber, why);
  subscriber->stage = GONE;
}

static void put(Subscriber *subscriber, const void *data, size_t size) {
  if (subscriber->stage != GONE && write(subscriber->socket, data, size) != (ssize_t)size) leave(subscriber, "could not write");
}

/* A client's frames are masked; the mask 0 leaves them as they are. */
static void put_frame(Subscriber *subscriber, int kind, const char *data, size_t size) {
  static unsigned char frame[70000];
  size_t head = 2;
  frame[0] = (unsigned char)(0x80 | kind);
  if (size < 126) {
    frame[1] = (unsigned char)(0x80 | size);
  } else {
    frame[1] = 0x80 | 126;
    frame[2] = (unsigned char)(size >> 8);
    frame[3] = (unsigned char)size;
    head = 4;
  }
  memset(frame + head, 0, 4);
  memcpy(frame + head + 4, data, size);
  put(subscriber, frame, head + 4 + size);
}

static void put_text(Subscriber *subscriber, const char *text) { put_frame(subscriber, TEXT, text, strlen(text)); }

/* ---- connecting */

void subscriber_connect(Subscriber *subscriber, uint64_t number) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)options.port)};
  struct epoll_event event = {.events = EPOLLOUT, .data.u64 = number};
  int one = 1;
  inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
  subscriber->socket = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (subscriber->socket < 0) {
    perror("socket");
    exit(2);
  }
  setsockopt(subscriber->socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  subscriber->stage = CONNECTING;
  snprintf(subscriber->id, sizeof subscriber->id, "%08x-0000-4000-8000-%04x%08x", (unsigned)number, (unsigned)(number & 0xffff), 0u);
  connect(subscriber->socket, (struct sockaddr *)&address, sizeof address);
  epoll_ctl(epoll, EPOLL_CTL_ADD, subscriber->socket, &event);
}

static void ask_for_upgrade(Subscriber *subscriber, uint64_t number) {
  char request[1024];
  int fault = 0;
  socklen_t size = sizeof fault;
  struct epoll_event event = {.events = EPOLLIN, .data.u64 = number};
  getsockopt(subscriber->socket, SOL_SOCKET, SO_ERROR, &fault, &size);
  if (fault) {
    leave(subscriber, strerror(fault));
    return;
  }
  int length = snprintf(request, sizeof request,
                        "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n%s\r\n",
                        options.path, options.port,
                        options.dialect == GRAPHQL ? "Sec-WebSocket-Protocol: graphql-transport-ws\r\n" : "");
  subscriber->stage = SHAKING_HANDS;
  put(subscriber, request, (size_t)length);
  epoll_ctl(epoll, EPOLL_CTL_MOD, subscriber->socket, &event);
}

static void initialise(Subscriber *subscriber, const char *token) {
  char message[1024];
  subscriber->stage = WAITING;
  if (options.dialect != GRAPHQL) return;
  if (token)
    snprintf(message, sizeof message, "{\"type\":\"connection_init\",\"payload\":{\"token\":\"%s\"}}", token);
  else
    snprintf(message, sizeof message, "{\"type\":\"connection_init\"}");
  put_text(subscriber, message);
}

static void subscribe(Subscriber *subscriber) {
  static char message[66000];
  for (int operation = 0; operation < options.operations; operation++) {
    snprintf(message, sizeof message, "{\"id\":\"%.*s%08x\",\"type\":\"subscribe\",\"payload\":%s}", ID_OWN, subscriber->id,
             (unsigned)operation, options.subscribe);
    put_text(subscriber, message);
  }
}

static void enter(Subscriber *subscriber) {
  if (subscriber->stage == GONE) return;
  subscriber->stage = SUBSCRIBED;
  events.subscribed(subscriber);
}

/* ---- messages */

static void take_graphql(Subscriber *subscriber, const char *text, size_t size) {
  if (subscriber->stage == WAITING && memmem(text, size, "connection_ack", 14)) {
    subscribe(subscriber);
    enter(subscriber);
  } else if (memmem(text, size, "\"ping\"", 6) && !memmem(text, size, "\"next\"", 6)) {
    put_text(subscriber, "{\"type\":\"pong\"}");
  } else if (subscriber->stage == SUBSCRIBED) {
    events.received(subscriber, text, size);
  }
}

static void take_socket_io(Subscriber *subscriber, const char *text, size_t size) {
  if (subscriber->stage == WAITING && size && text[0] == '0')
    put_text(subscriber, "40");
  else if (subscriber->stage == WAITING && size > 1 && text[0] == '4' && text[1] == '0')
    enter(subscriber);
  else if (size == 1 && text[0] == '2')
    put_text(subscriber, "3");
  else if (subscriber->stage == SUBSCRIBED)
    events.received(subscriber, text, size);
}

static void take_frame(Subscriber *subscriber, int kind, const unsigned char *data, size_t size) {
  char why[160];
  if (kind == TEXT && options.dialect == GRAPHQL) {
    take_graphql(subscriber, (const char *)data, size);
  } else if (kind == TEXT) {
    take_socket_io(subscriber, (const char *)data, size);
  } else if (kind == PING) {
    put_frame(subscriber, PONG, (const char *)data, size);
  } else if (kind == CLOSE) {
    snprintf(why, sizeof why, "closed with %d %.*s", size > 1 ? data[0] << 8 | data[1] : 0, size > 2 ? (int)size - 2 : 0, data + 2);
    leave(subscriber, why);
  }
}

/* Takes the whole frames at the start of the data and returns how many bytes they were. */
static size_t take_frames(Subscriber *subscriber, const unsigned char *data, size_t size) {
  size_t at = 0;
  while (size - at >= 2 && subscriber->stage != GONE) {
    size_t length = data[at + 1] & 127, head = 2;
    if (length == 126) {
      head = 4;
      if (size - at < head) break;
      length = (size_t)data[at + 2] << 8 | data[at + 3];
    } else if (length == 127) {
      head = 10;
      if (size - at < head) break;
      length = 0;
      for (int i = 0; i < 8; i++) length = length << 8 | data[at + 2 + (size_t)i];
    }
    if (size - at < head + length) break;
    take_frame(subscriber, data[at] & 15, data + at + head, length);
    at += head + length;
  }
  return at;
}

static void keep(Subscriber *subscriber, const unsigned char *data, size_t size) {
  if (subscriber->room < size) {
    subscriber->room = size + 1024;
    subscriber->rest = realloc(subscriber->rest, subscriber->room);
  }
  memcpy(subscriber->rest, data, size);
  subscriber->size = size;
}

/* The bytes of the handshake's answer; 0 while it is not whole, or when it was a refusal. */
static size_t shake_hands(Subscriber *subscriber, size_t size, const char *token) {
  unsigned char *end = memmem(buffer, size, "\r\n\r\n", 4);
  if (!end) return 0;
  *end = 0;
  if (!strstr((char *)buffer, " 101 ")) {
    leave(subscriber, (char *)buffer);
    return 0;
  }
  initialise(subscriber, token);
  return (size_t)(end - buffer) + 4;
}

static void read_some(Subscriber *subscriber, const char *token) {
  size_t kept = subscriber->size, at = 0;
  if (kept) memcpy(buffer, subscriber->rest, kept);
  ssize_t size = recv(subscriber->socket, buffer + kept, sizeof buffer - kept - 1, 0);
  if (size <= 0) {
    if (size == 0 || errno != EAGAIN) leave(subscriber, size == 0 ? "hung up" : strerror(errno));
    return;
  }
  size_t all = kept + (size_t)size;
  buffer[all] = 0;
  subscriber->size = 0;
  if (subscriber->stage == SHAKING_HANDS) at = shake_hands(subscriber, all, token);
  if (subscriber->stage >= WAITING) at += take_frames(subscriber, buffer + at, all - at);
  if (subscriber->stage != GONE && at < all) keep(subscriber, buffer + at, all - at);
}

void subscriber_ready(Subscriber *subscriber, uint64_t number, const char *token) {
  if (subscriber->stage == CONNECTING)
    ask_for_upgrade(subscriber, number);
  else if (subscriber->stage != GONE)
    read_some(subscriber, token);
}
