/* Time in microseconds: since 1970 for stamps that travel, monotonic for everything that is waited for. */
#ifndef CLOCK_H
#define CLOCK_H
#include <stdint.h>
#include <time.h>

static inline uint64_t micros(clockid_t which) {
  struct timespec now;
  clock_gettime(which, &now);
  return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
}

static inline uint64_t wall_us(void) { return micros(CLOCK_REALTIME); }
static inline uint64_t steady_us(void) { return micros(CLOCK_MONOTONIC); }
#endif
