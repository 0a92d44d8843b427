/* One WebSocket client: handshake, subscription, and its frames. It speaks graphql-transport-ws or Socket.IO. */
#ifndef SUBSCRIBER_H
#define SUBSCRIBER_H
#include <stddef.h>
#include <stdint.h>

#define ID_BYTES 36
#define ID_OWN 28 /* what the ids of one connection share; the operation's number follows */

typedef enum { CONNECTING, SHAKING_HANDS, WAITING, SUBSCRIBED, GONE } Stage;
typedef enum { GRAPHQL, SOCKET_IO } Dialect;

typedef struct {
  int socket;
  Stage stage;
  size_t size, room;
  unsigned char *rest; /* the beginning of a frame whose end has not come yet */
  uint64_t deliveries, stamp, count;
  int has_count;
  char id[ID_BYTES + 1];
} Subscriber;

typedef struct {
  Dialect dialect;
  const char *path;
  const char *subscribe; /* the payload of a `subscribe` message */
  int port;
  int operations; /* subscriptions a connection */
} SubscriberOptions;

/* What happens to a subscriber is told to these. */
typedef struct {
  void (*subscribed)(Subscriber *subscriber);
  void (*gone)(Subscriber *subscriber, const char *why);
  void (*received)(Subscriber *subscriber, const char *text, size_t size);
} SubscriberEvents;

void subscriber_setup(const SubscriberOptions *options, const SubscriberEvents *events, int epoll);
/* Begins to connect; epoll events carry `number` in `data.u64`. */
void subscriber_connect(Subscriber *subscriber, uint64_t number);
/* `token` goes into connection_init; NULL for none. Called for each epoll event. */
void subscriber_ready(Subscriber *subscriber, uint64_t number, const char *token);
#endif
