#define _GNU_SOURCE
#include "publisher.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "lines.h"

#define MOST_CONNECTIONS 64
#define ANSWER_BYTES 65536
#define NEVER UINT64_MAX

typedef struct {
  int socket;
  uint64_t asked; /* the publication under way, from 1; 0 while idle */
  size_t size;
  char answer[ANSWER_BYTES];
} Channel;

static PublisherOptions options;
static int epoll;
static Lines requests;
static Channel *channels;
static uint64_t *due_wall, *due_steady;
static unsigned char *counted;
static uint64_t next_due = NEVER;
static uint64_t period;
static int measuring;
static PublisherReport report;

static int connected_socket(void) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)options.port)};
  int one = 1, made = socket(AF_INET, SOCK_STREAM, 0);
  inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
  if (made < 0 || connect(made, (struct sockaddr *)&address, sizeof address)) {
    perror("publisher");
    exit(2);
  }
  setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return made;
}

static void connect_channel(int number) {
  struct epoll_event event = {.events = EPOLLIN, .data.u64 = PUBLISHER_EVENT + (uint64_t)number};
  channels[number].socket = connected_socket();
  epoll_ctl(epoll, EPOLL_CTL_ADD, channels[number].socket, &event);
}

void publisher_start(const PublisherOptions *given, int poll) {
  options = *given;
  epoll = poll;
  requests = lines_of(options.file);
  due_wall = calloc(requests.count + 1, sizeof *due_wall);
  due_steady = calloc(requests.count + 1, sizeof *due_steady);
  counted = calloc(requests.count + 1, 1);
  if (options.connections > MOST_CONNECTIONS) options.connections = MOST_CONNECTIONS;
  channels = calloc((size_t)options.connections, sizeof *channels);
  for (int i = 0; i < options.connections; i++) connect_channel(i);
  period = (uint64_t)(1e6 / options.rate);
  next_due = steady_us();
}

static void post(Channel *channel, uint64_t number) {
  static char request[ANSWER_BYTES];
  const char *line = requests.items[number - 1], *tab = strchr(line, '\t');
  int token = tab ? (int)(tab - line) : 0;
  const char *body = tab ? tab + 1 : line;
  int size = snprintf(request, sizeof request,
                      "POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/json\r\n"
                      "Authorization: Bearer %.*s\r\nContent-Length: %zu\r\n\r\n%s",
                      options.path, options.port, token, line, strlen(body), body);
  channel->asked = number;
  channel->size = 0;
  if (write(channel->socket, request, (size_t)size) != size) report.failed++;
}

static Channel *idle_channel(void) {
  for (int i = 0; i < options.connections; i++)
    if (!channels[i].asked) return &channels[i];
  return NULL;
}

uint64_t publisher_turn(void) {
  uint64_t now = steady_us();
  while (next_due <= now) {
    Channel *channel = idle_channel();
    if (!channel) return now + 1000; /* all wait for answers: what is due goes out late, and is measured from when it was due */
    if (report.sent == requests.count) {
      fprintf(stderr, "publisher: out of requests\n");
      next_due = NEVER;
      break;
    }
    uint64_t number = ++report.sent;
    due_steady[number] = next_due;
    due_wall[number] = wall_us() - (now - next_due);
    counted[number] = (unsigned char)measuring;
    post(channel, number);
    next_due += period;
  }
  return next_due;
}

/* The size of the whole answer in the buffer; 0 while it is not complete. */
static size_t answer_size(const Channel *channel) {
  char *end = memmem(channel->answer, channel->size, "\r\n\r\n", 4);
  uint64_t length = 0;
  if (!end) return 0;
  char *header = strcasestr(channel->answer, "content-length:");
  if (header) length = strtoull(header + 15, NULL, 10);
  size_t whole = (size_t)(end - channel->answer) + 4 + length;
  return channel->size >= whole ? whole : 0;
}

static void answered(Channel *channel) {
  uint64_t number = channel->asked;
  int is_good = !strncmp(channel->answer, "HTTP/1.1 200", 12) && (!options.expect || strstr(channel->answer, options.expect));
  report.answered++;
  if (!is_good && report.failed++ < 3) fprintf(stderr, "publisher: %.600s\n", channel->answer);
  if (counted[number]) histogram_add(&report.latency, steady_us() - due_steady[number]);
  channel->asked = 0;
}

/* Servers close connections that were idle for some seconds: that is no fault, and a new one is made. */
static void hung_up(Channel *channel) {
  if (channel->asked) {
    fprintf(stderr, "publisher: the server hung up on a request\n");
    exit(2);
  }
  close(channel->socket);
  connect_channel((int)(channel - channels));
}

void publisher_readable(uint64_t event) {
  Channel *channel = &channels[event - PUBLISHER_EVENT];
  ssize_t size;
  while ((size = recv(channel->socket, channel->answer + channel->size, sizeof channel->answer - channel->size - 1, MSG_DONTWAIT)) > 0) {
    channel->size += (size_t)size;
    channel->answer[channel->size] = 0;
    if (channel->asked && answer_size(channel)) answered(channel);
  }
  if (size == 0 || (size < 0 && errno != EAGAIN)) hung_up(channel);
}

void publisher_measure(int on) { measuring = on; }
void publisher_stop(void) { next_due = NEVER; }
uint64_t publisher_due_at(uint64_t number) { return number && number <= report.sent ? due_wall[number] : 0; }
uint64_t publisher_sent(void) { return report.sent; }
PublisherReport publisher_report(void) { return report; }
