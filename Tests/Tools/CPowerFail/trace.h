/* What the recorder writes and the image builder reads: records one after another, each a header,
   its two names and its data, padded with zeros to 8 bytes. A record's index (0-based) is its place
   in the file. A record that brings an object has the mode of its file in `offset`. */
#ifndef JANGBU_TRACE_H
#define JANGBU_TRACE_H

#include <stdint.h>

#define TRACE_MAGIC 0x4a545243u /* "JTRC" */

enum trace_kind {
    TRACE_BASE_DIRECTORY = 1, /* there when recording began, so durable: object, parent, name */
    TRACE_BASE_FILE,          /* the same with its bytes as data */
    TRACE_BASE_LINK,          /* one more name of a file that was there */
    TRACE_CREATE,             /* object, parent, name */
    TRACE_MKDIR,              /* object, parent, name */
    TRACE_SYMLINK,            /* object, parent, name; data = target */
    TRACE_LINK,               /* object, parent, name: one more name of the object */
    TRACE_UNLINK,             /* object, parent, name */
    TRACE_RMDIR,              /* object, parent, name */
    TRACE_RENAME,             /* object, parent, name -> other_parent, other_name */
    TRACE_WRITE,              /* object, offset, data; durable on its own with TRACE_FLAG_DSYNC */
    TRACE_TRUNCATE,           /* object; offset = the new length */
    TRACE_EXTEND,             /* object; offset = the length it has at least (fallocate) */
    TRACE_FLUSH_BEGIN,        /* object, or 0 for everything */
    TRACE_FLUSH_END,          /* object; offset = index of its begin: durable is what came before */
    TRACE_MODE,               /* object; offset = its permissions; never lost */
    TRACE_MARK,               /* data = the program's own words */
    TRACE_MAPPED,             /* object was mapped shared and writable: stores there are not seen */
    TRACE_UNSEEN,             /* name = a call whose effect on a tracked file is not recorded */
    TRACE_KIND_END
};

#define TRACE_FLAG_DSYNC 1u

struct trace_record {
    uint32_t magic;
    uint16_t kind;
    uint16_t flags;
    uint64_t object;
    uint64_t parent;
    uint64_t other_parent;
    uint64_t offset;
    uint64_t data_length;
    uint32_t name_length;
    uint32_t other_name_length;
};

#endif
