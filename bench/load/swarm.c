/* swarm: thousands of WebSocket subscribers on one thread; prints what they got, how soon, and what it cost the server.
 *
 * Every frame is checked: that it carries its own operation's id, is a result without errors, and that the numbers in it
 * never go back. Latencies are of three kinds:
 *   tick    from the stamp in a frame (`--stamp`, a time since 1970 in us or ms) until a client had read it
 *   last    the same, until the last client had: one value a tick
 *   vote    from when publication K was due until a client had read a frame whose `--count` is at least K
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/time.h>

#include "clock.h"
#include "histogram.h"
#include "lines.h"
#include "publisher.h"
#include "server.h"
#include "subscriber.h"

#define MOST_EVENTS 64 /* small, so that the publisher's answers are read soon even while thousands of frames arrive */
#define RECENT_TICKS 512
#define CONNECTING_AT_ONCE 64
#define NAP_US 500

typedef struct {
  uint64_t stamp, got, latest;
} Tick;

typedef struct {
  uint64_t deliveries, bytes, wrong_id, wrong_payload, went_back, unstamped, other_messages, incomplete_ticks;
  Histogram tick, last, vote;
} Tally;

static SubscriberOptions subscriber_options = {GRAPHQL, "/graphql", NULL, 8000, 1};
static PublisherOptions publisher_options = {NULL, NULL, "/graphql", 8000, 16, 0};
static long server_pid;
static int wanted = 100, shares_id;
static uint64_t stamp_scale = 1;
static const char *stamp_key, *count_key;
static double warm_s = 1, measure_s = 5, settle_s = 1, drain_s = 0, connect_s = 60;
static Lines tokens;

static Subscriber *subscribers;
static int epoll, begun, subscribed, gone, measuring, is_publishing;
static Tally tally;
static Tick ticks[RECENT_TICKS];
static unsigned newest_tick;

/* ---- what arrives */

static void on_subscribed(Subscriber *subscriber) {
  (void)subscriber;
  subscribed++;
}

static void on_gone(Subscriber *subscriber, const char *why) {
  if (subscriber->stage == SUBSCRIBED) subscribed--;
  if (gone++ < 3) fprintf(stderr, "swarm: a connection was lost: %.300s\n", why);
}

static int is_own_id(const Subscriber *subscriber, const char *text, size_t size) {
  const char *at = memmem(text, size, "\"id\":", 5);
  if (!at) return 0;
  at += 5;
  while (*at == ' ' || *at == '"') at++;
  return at + ID_BYTES < text + size && !memcmp(at, subscriber->id, ID_OWN) &&
         strtol((char[9]){at[28], at[29], at[30], at[31], at[32], at[33], at[34], at[35], 0}, NULL, 16) < subscriber_options.operations;
}

static int is_result(const char *text, size_t size) {
  return size && text[size - 1] == '}' && memmem(text, size, "\"data\":", 7) && !memmem(text, size, "\"errors\"", 8);
}

static Tick *tick_of(uint64_t stamp) {
  for (unsigned back = 0; back < 16; back++) {
    Tick *tick = &ticks[(newest_tick - back) % RECENT_TICKS];
    if (tick->stamp == stamp) return tick;
    if (tick->stamp < stamp) break;
  }
  Tick *made = &ticks[++newest_tick % RECENT_TICKS];
  *made = (Tick){.stamp = stamp};
  return made;
}

static void take_stamp(Subscriber *subscriber, const char *text, size_t size, uint64_t now) {
  uint64_t stamp;
  if (!number_after(text, size, stamp_key, &stamp)) {
    tally.unstamped++;
    return;
  }
  stamp *= stamp_scale;
  tally.went_back += stamp < subscriber->stamp;
  subscriber->stamp = stamp;
  uint64_t took = now > stamp ? now - stamp : 0;
  histogram_add(&tally.tick, took);
  Tick *tick = tick_of(stamp);
  if (took > tick->latest) tick->latest = took;
  if (++tick->got == (uint64_t)subscribed * (uint64_t)subscriber_options.operations) histogram_add(&tally.last, tick->latest);
}

static void take_count(Subscriber *subscriber, const char *text, size_t size, uint64_t now) {
  uint64_t count;
  if (!number_after(text, size, count_key, &count)) return;
  tally.went_back += measuring && subscriber->has_count && count < subscriber->count;
  for (uint64_t vote = subscriber->count + 1; measuring && subscriber->has_count && vote <= count; vote++) {
    uint64_t due = publisher_due_at(vote);
    if (due) histogram_add(&tally.vote, now > due ? now - due : 0);
  }
  subscriber->count = count;
  subscriber->has_count = 1;
}

static void on_received(Subscriber *subscriber, const char *text, size_t size) {
  uint64_t now = wall_us();
  if (subscriber_options.dialect == GRAPHQL && !memmem(text, size, "\"next\"", 6)) {
    if (tally.other_messages++ < 3) fprintf(stderr, "swarm: %.*s\n", size > 400 ? 400 : (int)size, text);
    return;
  }
  if (count_key) take_count(subscriber, text, size, now);
  if (!measuring) return;
  subscriber->deliveries++;
  tally.deliveries++;
  tally.bytes += size;
  if (subscriber_options.dialect == GRAPHQL) tally.wrong_id += !shares_id && !is_own_id(subscriber, text, size);
  tally.wrong_payload += subscriber_options.dialect == GRAPHQL && !is_result(text, size);
  if (stamp_key) take_stamp(subscriber, text, size, now);
}

/* ---- the loop */

static const char *token_of(uint64_t number) { return tokens.count ? tokens.items[number % tokens.count] : NULL; }

static void connect_more(void) {
  while (begun < wanted && begun - subscribed - gone < CONNECTING_AT_ONCE) {
    subscriber_connect(&subscribers[begun], (uint64_t)begun);
    begun++;
  }
}

static void handle(const struct epoll_event *event) {
  uint64_t number = event->data.u64;
  if (number >= PUBLISHER_EVENT)
    publisher_readable(number);
  else
    subscriber_ready(&subscribers[number], number, token_of(number));
}

static int all_are_there(void) { return subscribed + gone >= wanted; }

static void nap(uint64_t us) {
  struct timespec timeout = {0, (long)us * 1000};
  nanosleep(&timeout, NULL);
}

/* Handles events until `until` (steady us), or until `done` says so.
 *
 * It never sleeps in epoll_wait: there the server's every send would have to wake it, which costs the server more than the
 * send, and which no client on another machine would make it pay. */
static void run(uint64_t until, int (*done)(void)) {
  struct epoll_event happened[MOST_EVENTS];
  for (uint64_t now = steady_us(); now < until && !(done && done()); now = steady_us()) {
    uint64_t due = is_publishing ? publisher_turn() : UINT64_MAX;
    int count = epoll_wait(epoll, happened, MOST_EVENTS, 0);
    for (int i = 0; i < count; i++) handle(&happened[i]);
    connect_more();
    if (!count && due > now) nap(due - now < NAP_US ? due - now : NAP_US);
  }
}

static void run_for(double seconds) { run(steady_us() + (uint64_t)(seconds * 1e6), NULL); }

/* ---- what it was asked */

static void option(const char *name, const char *value) {
  const struct { const char *name; const char **text; } texts[] = {
      {"--path", &subscriber_options.path}, {"--stamp", &stamp_key},     {"--count", &count_key},
      {"--publish", &publisher_options.file}, {"--expect", &publisher_options.expect},
  };
  const struct { const char *name; double *number; } numbers[] = {
      {"--warm", &warm_s}, {"--seconds", &measure_s}, {"--settle", &settle_s}, {"--drain", &drain_s},
      {"--connect-seconds", &connect_s}, {"--rate", &publisher_options.rate},
  };
  const struct { const char *name; int *number; } integers[] = {
      {"--port", &subscriber_options.port}, {"--clients", &wanted}, {"--operations", &subscriber_options.operations},
      {"--publishers", &publisher_options.connections}, {"--shared-id", &shares_id},
  };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    if (!strcmp(name, texts[i].name)) { *texts[i].text = value; return; }
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
    if (!strcmp(name, numbers[i].name)) { *numbers[i].number = atof(value); return; }
  for (size_t i = 0; i < sizeof integers / sizeof *integers; i++)
    if (!strcmp(name, integers[i].name)) { *integers[i].number = atoi(value); return; }
  if (!strcmp(name, "--pid")) server_pid = atol(value);
  else if (!strcmp(name, "--tokens")) tokens = lines_of(value);
  else if (!strcmp(name, "--subscribe")) subscriber_options.subscribe = lines_of(value).items[0];
  else if (!strcmp(name, "--stamp-unit")) stamp_scale = strcmp(value, "ms") ? 1 : 1000;
  else if (!strcmp(name, "--dialect")) subscriber_options.dialect = strcmp(value, "socket.io") ? GRAPHQL : SOCKET_IO;
  else {
    fprintf(stderr, "swarm: unknown option %s\n", name);
    exit(2);
  }
}

static void allow_sockets(void) {
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  if ((rlim_t)wanted + 100 > limit.rlim_cur) {
    fprintf(stderr, "swarm: %d clients need a higher limit of open files than %ld\n", wanted, (long)limit.rlim_cur);
    exit(2);
  }
}

/* ---- what it found */

typedef struct {
  double cpu_s, memory_kb, own_s;
  uint64_t at;
} Reading;

static Reading reading(void) {
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  double own = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
  return (Reading){server_pid ? server_cpu_s(server_pid) : 0, server_pid ? server_memory_kb(server_pid) : 0, own, steady_us()};
}

static int behind(void) {
  int clients = 0;
  for (int i = 0; count_key && publisher_options.file && i < wanted; i++)
    clients += subscribers[i].stage == SUBSCRIBED && subscribers[i].count != publisher_sent();
  return clients;
}

static void print_latency(const char *name, const Histogram *histogram) {
  printf("\"%s\":{\"values\":%llu,\"p50_ms\":%.3f,\"p95_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f},", name,
         (unsigned long long)histogram->total, histogram_ms(histogram, 0.5), histogram_ms(histogram, 0.95),
         histogram_ms(histogram, 0.99), histogram->total ? (double)histogram->most / 1000 : -1);
}

static void print_report(Reading start, Reading idle, Reading before, Reading after) {
  PublisherReport published = publisher_report();
  double seconds = (double)(after.at - before.at) / 1e6;
  int there = subscribed ? subscribed : 1;
  uint64_t least = UINT64_MAX, most = 0;
  for (int i = 0; i < wanted; i++) {
    if (subscribers[i].stage != SUBSCRIBED) continue;
    if (subscribers[i].deliveries < least) least = subscribers[i].deliveries;
    if (subscribers[i].deliveries > most) most = subscribers[i].deliveries;
  }
  printf("{\"clients\":%d,\"subscribed\":%d,\"lost\":%d,\"seconds\":%.3f,\"deliveries\":%llu,\"least\":%llu,\"most\":%llu,", wanted,
         subscribed, gone, seconds, (unsigned long long)tally.deliveries, (unsigned long long)(subscribed ? least : 0),
         (unsigned long long)most);
  printf("\"frame_bytes\":%.1f,\"wrong_id\":%llu,\"wrong_payload\":%llu,\"went_back\":%llu,\"unstamped\":%llu,\"other_messages\":%llu,"
         "\"behind\":%d,",
         tally.deliveries ? (double)tally.bytes / (double)tally.deliveries : 0, (unsigned long long)tally.wrong_id,
         (unsigned long long)tally.wrong_payload, (unsigned long long)tally.went_back, (unsigned long long)tally.unstamped,
         (unsigned long long)tally.other_messages, behind());
  print_latency("tick", &tally.tick);
  print_latency("last", &tally.last);
  print_latency("vote", &tally.vote);
  print_latency("publish", &published.latency);
  printf("\"sent\":%llu,\"answered\":%llu,\"failed\":%llu,", (unsigned long long)published.sent, (unsigned long long)published.answered,
         (unsigned long long)published.failed);
  printf("\"server_cpu_s\":%.3f,\"client_cpu_s\":%.3f,\"connect_cpu_ms\":%.4f,\"connection_kb\":%.2f,\"memory_kb\":%.0f}\n",
         after.cpu_s - before.cpu_s, after.own_s - before.own_s, (idle.cpu_s - start.cpu_s) * 1000 / there,
         (idle.memory_kb - start.memory_kb) / there, after.memory_kb);
}

int main(int count, char **given) {
  for (int i = 1; i + 1 < count; i += 2) option(given[i], given[i + 1]);
  publisher_options.port = subscriber_options.port;
  allow_sockets();
  SubscriberEvents told = {on_subscribed, on_gone, on_received};
  epoll = epoll_create1(0);
  subscribers = calloc((size_t)wanted, sizeof *subscribers);
  subscriber_setup(&subscriber_options, &told, epoll);
  Reading start = reading();
  connect_more();
  run(steady_us() + (uint64_t)(connect_s * 1e6), all_are_there);
  run_for(settle_s);
  Reading idle = reading();
  is_publishing = publisher_options.file != NULL;
  if (is_publishing) publisher_start(&publisher_options, epoll);
  run_for(warm_s);
  Reading before = reading();
  measuring = 1;
  publisher_measure(1);
  run_for(measure_s);
  publisher_measure(0);
  measuring = 0;
  Reading after = reading();
  publisher_stop();
  run_for(drain_s);
  print_report(start, idle, before, after);
  return subscribed == wanted ? 0 : 1;
}
