/* Recorder: preloaded into a program, writes every change it makes below one directory into a
   trace, in order, so that CPowerFail can build the directory as a power cut would leave it.

     JANGBU_RECORD_DIR=DIR     the directory; must exist; what it holds at the start is durable
     JANGBU_RECORD_TRACE=FILE  the trace, outside DIR; replaced
     JANGBU_RECORD_FLUSH=none|real|MICROSECONDS   what a flush does besides being recorded

   A file is known by device and inode, looked up at each call, so duplicated, inherited and reused
   descriptors need no bookkeeping. One lock is held over each change and its record: the trace is
   in the order in which things happened. A flush has two records: it makes durable what came
   before its begin, once its end is there.

   Limits: one process (children of fork are not recorded); no io_uring and no direct system calls;
   stores through a shared mapping and stdio on a tracked file are not seen, and are noted in the
   trace so that a test can refuse it. powerfail_compare() proves that a run missed nothing. */
#ifndef JANGBU_RECORD_H
#define JANGBU_RECORD_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../CPowerFail/trace.h"

#define EXPORT __attribute__((visibility("default")))

/* A file or directory below the recorded one. */
struct known {
    dev_t device;
    ino_t inode;
    uint64_t object;
    bool is_directory;
    struct known *next;
};

struct piece {
    const void *bytes;
    size_t length;
};

extern pthread_mutex_t record_lock;
extern long flush_microseconds; /* -1: the real flush */

bool recording(void);
struct known *find(dev_t device, ino_t inode);
struct known *learn(const struct stat *st);
struct known *of_descriptor(int fd);
struct known *of_path(int at, const char *path);
struct known *parent_of(int at, const char *path, const char **name, size_t *length);

uint64_t emit(struct trace_record r, struct piece name, struct piece other, struct piece data);
void emit_entry(int kind, struct known *object, mode_t mode, struct known *parent,
                const char *name, size_t length);
void emit_data(int kind, struct known *object, uint64_t offset, const void *bytes, size_t length,
               bool durable);
void emit_unseen(struct known *object, const char *call);
void emit_range(struct known *object, int fd, uint64_t offset, uint64_t length, bool durable);

static const struct piece none = {0, 0};

#endif
