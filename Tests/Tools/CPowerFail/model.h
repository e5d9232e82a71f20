/* What the parts of the image builder share. */
#ifndef CPOWERFAIL_MODEL_H
#define CPOWERFAIL_MODEL_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "CPowerFail.h"
#include "trace.h"

#define DEPTH_MAX 64 /* no directory of ours is nested deeper; a circle ends here */

struct entry {
    const char *name;
    size_t name_length;
    uint64_t object;
};

struct entries {
    struct entry *at;
    size_t count, capacity;
};

struct indices {
    uint64_t *at;
    size_t count, capacity;
};

/* A file, directory or link as far as it is durable, and what may be of it besides. */
struct object {
    bool is_known, is_directory, is_mapped;
    uint32_t mode;
    const char *target; /* of a symbolic link */
    size_t target_length;
    uint8_t *bytes; /* durable content */
    size_t length, capacity;
    struct indices pending; /* changes of bytes or length that are not durable, in order */
    struct entries entries; /* durable entries of a directory */
    uint64_t named_before;  /* changes of its entries before this index are durable */
    struct entries image_entries;
    uint64_t image_cut;    /* changes of its entries before this index are in the image */
    uint64_t image_serial; /* the last image that it was written in, for its further names */
    char *image_path;
};

struct powerfail {
    const uint8_t *trace;
    size_t trace_length;
    unsigned options;
    uint64_t *offsets; /* of each record */
    uint64_t record_count, base_count;
    struct indices marks, unseen, mapped;
    struct powerfail_totals totals;
    struct object *objects;
    uint64_t object_count; /* objects are numbered from 1 */
    uint64_t at;           /* records before this index are in the state */
    struct indices names;  /* changes of names that are not durable, in order */
    uint8_t *scratch;
    size_t scratch_capacity;
    char *directory; /* the one built in last */
    uint64_t image_serial;
    char error[512];
};

/* One image: how chance decides. */
struct image {
    uint64_t seed, point; /* a record index */
    int mode;
    uint64_t cut; /* a record index, for the modes that have one */
};

static inline const struct trace_record *record_at(const powerfail *pf, uint64_t index) {
    return (const struct trace_record *)(pf->trace + pf->offsets[index]);
}
static inline const char *record_name(const struct trace_record *r) {
    return (const char *)(r + 1);
}
static inline const char *record_other_name(const struct trace_record *r) {
    return record_name(r) + r->name_length;
}
static inline const char *record_data(const struct trace_record *r) {
    return record_other_name(r) + r->other_name_length;
}

static inline uint64_t mix(uint64_t a, uint64_t b) {
    uint64_t z = a + 0x9e3779b97f4a7c15u * (b + 1);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static inline bool changes_bytes(int kind) {
    return kind == TRACE_WRITE || kind == TRACE_TRUNCATE || kind == TRACE_EXTEND;
}
static inline bool changes_names(int kind) { return kind >= TRACE_CREATE && kind <= TRACE_RENAME; }

void *grow(void *at, size_t *capacity, size_t wanted, size_t size);
void append_index(struct indices *list, uint64_t index);
int fail(powerfail *pf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* state.c */
void state_advance(powerfail *pf, uint64_t index);
void state_begin_object(powerfail *pf, uint64_t index);
void entries_apply(powerfail *pf, const struct trace_record *r, bool in_image);

/* image.c */
struct image image_choose(powerfail *pf, uint64_t seed, uint64_t index, int mode);
const uint8_t *image_content(powerfail *pf, const struct image *image, uint64_t object,
                             size_t *length);

#endif
