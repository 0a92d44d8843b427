/* Sends HTTP POSTs at a fixed rate over a few kept-alive connections, in order, whatever the answers take (open loop). */
#ifndef PUBLISHER_H
#define PUBLISHER_H
#include <stdint.h>

#include "histogram.h"

typedef struct {
  const char *file;   /* a line a request: bearer token, tab, body */
  const char *expect; /* what an answer's body must contain */
  const char *path;
  int port;
  int connections;
  double rate; /* requests a second */
} PublisherOptions;

typedef struct {
  Histogram latency; /* of the requests that fell due while measured, from when each was due to its whole answer */
  uint64_t sent, answered, failed;
} PublisherReport;

/* Events of the publisher carry PUBLISHER_EVENT + connection in `data.u64` of the given epoll. */
#define PUBLISHER_EVENT ((uint64_t)1 << 40)

void publisher_start(const PublisherOptions *options, int epoll);
/* Sends what is due now, and returns when the next is due (steady microseconds; far away where nothing is left). */
uint64_t publisher_turn(void);
void publisher_readable(uint64_t event);
void publisher_measure(int on);
void publisher_stop(void);
/* Wall-clock time (us) at which the publication of this number, from 1, was due; 0 where it was not sent. */
uint64_t publisher_due_at(uint64_t number);
uint64_t publisher_sent(void);
PublisherReport publisher_report(void);
#endif
