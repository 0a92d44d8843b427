/* Small helpers for text: files of lines, and the number after a key in a JSON text. */
#ifndef LINES_H
#define LINES_H
#include <stddef.h>
#include <stdint.h>

typedef struct {
  char **items;
  size_t count;
} Lines;

/* All lines of a file, without their ends. Exits with status 2 where it can't be read. */
Lines lines_of(const char *path);
/* The whole number after `key` in a text, such as 17 in `"rank": 17`; false where the key or a number is missing. */
int number_after(const char *text, size_t size, const char *key, uint64_t *number);
#endif
