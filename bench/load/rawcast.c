/* rawcast: the floor. It shakes hands, acknowledges, and then sends one ready-made frame of about 300 bytes to each client,
 * one send() each, every INTERVAL ms (0: as fast as it goes). It knows no ids, no groups and no slow readers: nothing can do less and still reach
 * everybody by itself.
 *
 *   rawcast PORT CLIENTS INTERVAL    begins to send when so many have subscribed, and ends with the last of them
 */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"

#define MOST_SOCKETS 70000
#define MOST_EVENTS 1024

enum { NEW, GREETED, ACKNOWLEDGED, SUBSCRIBED };

static const char GREETING[] =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n";
static const char ACK[] = "\x81\x19{\"type\":\"connection_ack\"}";

static char states[MOST_SOCKETS];
static int everyone[MOST_SOCKETS], subscribed, epoll, listener;

static void fail(const char *why) {
  perror(why);
  exit(1);
}

static int listening(int port) {
  int one = 1, made = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(made, (struct sockaddr *)&address, sizeof address) || listen(made, 4096)) fail("rawcast");
  return made;
}

static void watch(int socket) {
  struct epoll_event event = {.events = EPOLLIN, .data.fd = socket};
  epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &event);
}

static void accept_all(void) {
  int one = 1, made;
  while ((made = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
    if (made >= MOST_SOCKETS) exit(1);
    setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    states[made] = NEW;
    watch(made);
  }
}

static void leave(int socket) {
  for (int i = 0; i < subscribed; i++)
    if (everyone[i] == socket) {
      everyone[i] = everyone[--subscribed];
      if (!subscribed) exit(0);
      break;
    }
  close(socket);
}

static void read_from(int socket) {
  char ignored[65536];
  ssize_t size = recv(socket, ignored, sizeof ignored, 0);
  if (size == 0 || (size < 0 && errno != EAGAIN)) {
    leave(socket);
    return;
  }
  if (states[socket] == NEW) send(socket, GREETING, sizeof GREETING - 1, MSG_NOSIGNAL);
  if (states[socket] == GREETED) send(socket, ACK, sizeof ACK - 1, MSG_NOSIGNAL);
  if (states[socket] == ACKNOWLEDGED) everyone[subscribed++] = socket;
  if (states[socket] < SUBSCRIBED) states[socket]++;
}

static size_t new_frame(unsigned char *frame) {
  static unsigned long long sequence;
  int size = snprintf((char *)frame + 4, 500,
                      "{\"id\":\"00000000-0000-4000-8000-000000000000\",\"type\":\"next\",\"payload\":{\"data\":{\"boardEvents\":"
                      "{\"ts\":%llu,\"seq\":%llu,\"ideaId\":\"64f0c2a1b2c3d4e5f6a7b8c9\","
                      "\"title\":\"Solar powered bike lockers for the campus, free for all\",\"votes\":1234,\"rank\":17,"
                      "\"status\":\"OPEN\",\"author\":\"Participant 000123\"}}}}",
                      (unsigned long long)wall_us(), ++sequence);
  frame[0] = 0x81;
  frame[1] = 126;
  frame[2] = (unsigned char)(size >> 8);
  frame[3] = (unsigned char)size;
  return (size_t)size + 4;
}

static void cast(void) {
  unsigned char frame[512];
  size_t size = new_frame(frame);
  for (int i = 0; i < subscribed; i++)
    while (send(everyone[i], frame, size, MSG_NOSIGNAL) < 0 && errno == EAGAIN) usleep(50);
}

int main(int count, char **given) {
  if (count != 4) return fprintf(stderr, "rawcast PORT CLIENTS INTERVAL\n"), 2;
  int wanted = atoi(given[2]);
  uint64_t interval = strtoull(given[3], NULL, 10) * 1000, due = 0;
  struct rlimit limit;
  struct epoll_event events[MOST_EVENTS];
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  listener = listening(atoi(given[1]));
  epoll = epoll_create1(0);
  watch(listener);
  for (;;) {
    int is_full = subscribed >= wanted;
    int ready = epoll_wait(epoll, events, MOST_EVENTS, !is_full ? -1 : steady_us() < due ? 1 : 0);
    for (int i = 0; i < ready; i++) {
      if (events[i].data.fd == listener)
        accept_all();
      else
        read_from(events[i].data.fd);
    }
    if (!is_full || steady_us() < due) continue;
    due = due + interval > steady_us() ? due + interval : steady_us();
    cast();
  }
}
