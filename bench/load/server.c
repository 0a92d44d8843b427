#include "server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef double (*Measure)(long pid);

static double with_children(long pid, Measure own, Measure all) {
  char path[80];
  double sum = own(pid);
  snprintf(path, sizeof path, "/proc/%ld/task/%ld/children", pid, pid);
  FILE *file = fopen(path, "r");
  if (!file) return sum;
  long child;
  while (fscanf(file, "%ld", &child) == 1) sum += all(child);
  fclose(file);
  return sum;
}

static double own_cpu(long pid) {
  char path[64], line[2048];
  unsigned long user = 0, kernel = 0, waited_user = 0, waited_kernel = 0;
  snprintf(path, sizeof path, "/proc/%ld/stat", pid);
  FILE *file = fopen(path, "r");
  if (!file) return 0;
  size_t size = fread(line, 1, sizeof line - 1, file);
  fclose(file);
  line[size] = 0;
  char *rest = strrchr(line, ')');
  if (rest)
    sscanf(rest + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %lu %lu", &user, &kernel, &waited_user, &waited_kernel);
  return (double)(user + kernel + waited_user + waited_kernel) / (double)sysconf(_SC_CLK_TCK);
}

static double own_memory(long pid) {
  char path[64], line[256];
  double kb = 0;
  snprintf(path, sizeof path, "/proc/%ld/status", pid);
  FILE *file = fopen(path, "r");
  if (!file) return 0;
  while (fgets(line, sizeof line, file))
    if (!strncmp(line, "VmRSS:", 6)) kb = atof(line + 6);
  fclose(file);
  return kb;
}

double server_cpu_s(long pid) { return with_children(pid, own_cpu, server_cpu_s); }
double server_memory_kb(long pid) { return with_children(pid, own_memory, server_memory_kb); }
