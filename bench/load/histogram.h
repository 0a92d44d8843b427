/* Latencies in microseconds, kept in buckets of 1.6 % width: constant memory, whatever the number of them. */
#ifndef HISTOGRAM_H
#define HISTOGRAM_H
#include <stdint.h>

#define BUCKETS 2048

typedef struct {
  uint64_t counts[BUCKETS];
  uint64_t total;
  uint64_t most;
} Histogram;

void histogram_add(Histogram *histogram, uint64_t us);
/* Milliseconds below which `share` of the values lie; -1 where there are none. */
double histogram_ms(const Histogram *histogram, double share);
#endif
