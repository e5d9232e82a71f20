/* The flush floor, the shim's counters, and what both floors share. */
#include "floor.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static _Thread_local char error[512];

const char *floor_error(void) { return error; }

int floor_fail(const char *format, ...) {
    va_list list;
    va_start(list, format);
    vsnprintf(error, sizeof error, format, list);
    va_end(list);
    return -1;
}

uint64_t floor_now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static int compare_samples(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

struct floor_latency floor_latency_of(uint64_t *samples, size_t count) {
    struct floor_latency l = {0, 0, 0};
    if (count == 0) return l;
    qsort(samples, count, sizeof *samples, compare_samples);
    l.p50_us = samples[count / 2] / 1e3;
    l.p99_us = samples[count - 1 - count / 100] / 1e3;
    l.max_us = samples[count - 1] / 1e3;
    return l;
}

static int flush_all(int fd, const char *bytes, size_t length, uint64_t count, uint64_t *samples) {
    for (uint64_t i = 0; i < count; i++) {
        uint64_t begin = floor_now_ns();
        if (write(fd, bytes, length) != (ssize_t)length)
            return floor_fail("write: %s", strerror(errno));
        if (fdatasync(fd) != 0) return floor_fail("fdatasync: %s", strerror(errno));
        samples[i] = floor_now_ns() - begin;
    }
    return 0;
}

int floor_flush(const char *directory, uint64_t count, size_t write_bytes,
                struct floor_flush_result *result) {
    char path[4096];
    snprintf(path, sizeof path, "%s/flush-floor-XXXXXX", directory);
    char *bytes = malloc(write_bytes);
    uint64_t *samples = calloc(count ? count : 1, sizeof *samples);
    int fd = mkstemp(path), code = -1;
    if (fd < 0) {
        floor_fail("%s: %s", path, strerror(errno));
    } else if (!bytes || !samples) {
        floor_fail("no memory");
    } else {
        memset(bytes, 0x5a, write_bytes);
        uint64_t begin = floor_now_ns();
        code = flush_all(fd, bytes, write_bytes, count, samples);
        result->seconds = (double)(floor_now_ns() - begin) / 1e9;
        result->flushes = count;
        result->flushes_per_second = (double)count / result->seconds;
        result->latency = floor_latency_of(samples, count);
    }
    if (fd >= 0) {
        close(fd);
        unlink(path);
    }
    free(bytes);
    free(samples);
    return code;
}

int64_t floor_shim_count(int kind) {
    uint64_t (*count)(int);
    *(void **)&count = dlsym(RTLD_DEFAULT, "jangbu_flush_count");
    return count ? (int64_t)count(kind) : -1;
}

int floor_shim_set_us(long microseconds) {
    void (*set)(long);
    *(void **)&set = dlsym(RTLD_DEFAULT, "jangbu_flush_set_us");
    if (!set) return -1;
    set(microseconds);
    return 0;
}
