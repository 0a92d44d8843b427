#define _GNU_SOURCE
#include "lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Lines lines_of(const char *path) {
  Lines lines = {0};
  size_t room = 0, space = 0;
  char *line = NULL;
  ssize_t size;
  FILE *file = fopen(path, "r");
  if (!file) {
    perror(path);
    exit(2);
  }
  while ((size = getline(&line, &space, file)) >= 0) {
    if (size && line[size - 1] == '\n') line[size - 1] = 0;
    if (lines.count == room) {
      room = room ? room * 2 : 64;
      lines.items = realloc(lines.items, room * sizeof *lines.items);
    }
    lines.items[lines.count++] = strdup(line);
  }
  free(line);
  fclose(file);
  return lines;
}

int number_after(const char *text, size_t size, const char *key, uint64_t *number) {
  const char *end = text + size, *at = memmem(text, size, key, strlen(key));
  if (!at) return 0;
  at += strlen(key);
  while (at < end && (*at == ' ' || *at == '"' || *at == ':')) at++;
  const char *start = at;
  uint64_t found = 0;
  while (at < end && *at >= '0' && *at <= '9') found = found * 10 + (uint64_t)(*at++ - '0');
  *number = found;
  return at > start;
}
