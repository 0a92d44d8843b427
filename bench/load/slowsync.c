// Preloaded into a server under test: a sync takes at least BENCH_SYNC_US microseconds, as on a disk that is slower than this
// machine's. The real sync is done first, and the thread sleeps for the rest, so no CPU is used for waiting.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

typedef int sync_call(int);

static long nanoseconds_since(const struct timespec *start) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (now.tv_sec - start->tv_sec) * 1000000000L + now.tv_nsec - start->tv_nsec;
}

static int at_least(const char *name, int descriptor) {
    const char *wanted = getenv("BENCH_SYNC_US");
    sync_call *real = (sync_call *)dlsym(RTLD_NEXT, name);
    struct timespec start;
    clock_gettime(CLOCK_MONOTONIC, &start);
    int answer = real(descriptor);
    long left = (wanted == NULL ? 0 : atol(wanted)) * 1000L - nanoseconds_since(&start);
    if (left > 0) {
        struct timespec rest = {left / 1000000000L, left % 1000000000L};
        nanosleep(&rest, NULL);
    }
    return answer;
}

int fsync(int descriptor) { return at_least("fsync", descriptor); }

int fdatasync(int descriptor) { return at_least("fdatasync", descriptor); }
