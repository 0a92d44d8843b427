#include "histogram.h"

/* Below 128 a bucket is one microsecond; above, each power of two has 64 buckets. */
static int bucket_of(uint64_t us) {
  if (us < 128) return (int)us;
  int power = 63 - __builtin_clzll(us);
  int bucket = (power - 6) * 64 + (int)((us >> (power - 6)) & 63) + 64;
  return bucket < BUCKETS ? bucket : BUCKETS - 1;
}

static uint64_t middle_of(int bucket) {
  if (bucket < 128) return (uint64_t)bucket;
  int power = (bucket - 64) / 64 + 6;
  uint64_t low = (uint64_t)(64 + ((bucket - 64) & 63)) << (power - 6);
  return low + ((uint64_t)1 << (power - 6)) / 2;
}

void histogram_add(Histogram *histogram, uint64_t us) {
  histogram->counts[bucket_of(us)]++;
  histogram->total++;
  if (us > histogram->most) histogram->most = us;
}

double histogram_ms(const Histogram *histogram, double share) {
  if (!histogram->total) return -1;
  uint64_t rank = (uint64_t)(share * (double)histogram->total), seen = 0;
  if (rank >= histogram->total) return (double)histogram->most / 1000;
  for (int bucket = 0; bucket < BUCKETS; bucket++) {
    seen += histogram->counts[bucket];
    if (seen > rank) return (double)middle_of(bucket) / 1000;
  }
  return (double)histogram->most / 1000;
}
