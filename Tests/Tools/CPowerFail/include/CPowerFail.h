/* Builds a recorded directory as a power cut at a given point may have left it.

   What is durable:
   - a file's bytes and length by a flush of it that had begun after they changed and has ended, or
     by a write through O_DSYNC that has ended;
   - a directory's entries (creation, link, rename, unlink) by a flush of that directory, likewise.
   What is not durable may be there or not:
   - each 512-byte sector of a write on its own, by the mode: lost, kept, torn, out of order;
   - each change of length, the new length also without the bytes (zeros);
   - of each directory's changes the first so many, in their order; a rename is whole or not at all,
     in both directories.
   The operation at the crash point itself may have happened in part.

   That is POSIX, harsher than most file systems. With POWERFAIL_ORDERED, flushing any file also
   makes durable every earlier change of names, as the journal of ext4 does.

   A handle is for one thread. Building is fastest at points that do not go back. */
#ifndef CPOWERFAIL_H
#define CPOWERFAIL_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct powerfail powerfail;

enum powerfail_mode {
    POWERFAIL_LOSE = 0,    /* nothing that is not durable is there */
    POWERFAIL_KEEP = 1,    /* everything is there, as after kill -9 */
    POWERFAIL_PAGES = 2,   /* each 4 KiB page of a file is kept or lost */
    POWERFAIL_SECTORS = 3, /* each sector of each write is kept or lost */
    POWERFAIL_PREFIX = 4,  /* operations up to some point, the one there torn in the middle */
    POWERFAIL_SUFFIX = 5,  /* the latest operations without the earlier ones */
    POWERFAIL_SHUFFLE = 6, /* each operation kept or lost whole, lengths without bytes */
};
#define POWERFAIL_MODE_COUNT 7

#define POWERFAIL_ORDERED 1u

struct powerfail_totals {
    uint64_t operations;
    uint64_t writes;
    uint64_t bytes_written;
    uint64_t durable_writes; /* through O_DSYNC */
    uint64_t flushes;
    uint64_t length_changes;
    uint64_t name_changes;
    uint64_t marks;
    uint64_t mapped; /* files mapped shared and writable; LMDB's lock files are */
    uint64_t unseen; /* calls that went past the recorder: a test refuses a trace with any */
};

/* NULL with a sentence in `error` when the trace cannot be read.
   `options`: POWERFAIL_ORDERED or 0. */
powerfail *powerfail_open(const char *trace, unsigned options, char *error, size_t error_size);
void powerfail_close(powerfail *pf);

struct powerfail_totals powerfail_totals(const powerfail *pf);

/* Crash points are 0...count: `point` operations have ended, the next may have begun. */
uint64_t powerfail_operation_count(const powerfail *pf);

/* Marks among the first `point` operations, i.e. what the program had said before the cut. */
uint64_t powerfail_mark_count(const powerfail *pf, uint64_t point);
/* The bytes of a mark, not ended by a zero; valid as long as the handle. NULL beyond the last. */
const char *powerfail_mark(const powerfail *pf, uint64_t index, size_t *length);

/* What went past the recorder, in words; NULL beyond the last. */
const char *powerfail_unseen(const powerfail *pf, uint64_t index);
/* The last known name of a file that was mapped writable; NULL beyond the last. */
const char *powerfail_mapped(const powerfail *pf, uint64_t index);

/* Replaces what is in `directory` by an image. The directory must be absent or empty the first time
   a handle builds in it. Same trace, options, seed, point and mode: same image.
   0, or -1 with a sentence in powerfail_error(). */
int powerfail_build(powerfail *pf, const char *directory, uint64_t seed, uint64_t point, int mode);

/* Whether `directory`, where the program ran, holds exactly what the trace says at its end (files
   that were mapped writable excepted). 0, or -1 and what differs in powerfail_error(). */
int powerfail_compare(powerfail *pf, const char *directory);

const char *powerfail_error(const powerfail *pf);

#ifdef __cplusplus
}
#endif

#endif
