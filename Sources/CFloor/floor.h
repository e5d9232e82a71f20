/* What the floors share. */
#ifndef FLOOR_H
#define FLOOR_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <stdbool.h>

#include "CFloor.h"

int floor_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
uint64_t floor_now_ns(void);
/* Sorts the samples (nanoseconds). */
struct floor_latency floor_latency_of(uint64_t *samples, size_t count);

#endif
