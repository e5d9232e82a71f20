/* The part of simdjson that this project uses: where the tokens of a JSON text are.

   Numbers are never converted here: simdjson's own values are doubles, and money is not. */
#ifndef CSIMDJSON_H
#define CSIMDJSON_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct simdjson_index;

enum simdjson_outcome {
    SIMDJSON_OUTCOME_INDEXED = 0,
    /* No JSON text: an unclosed string, bytes that are no UTF-8, a control character, nothing. */
    SIMDJSON_OUTCOME_MALFORMED = 1,
    SIMDJSON_OUTCOME_NO_MEMORY = 2,
};

/* Version of the library that is linked, as MAJOR.MINOR.PATCH. */
const char *simdjson_version(void);

/* An empty index, or NULL without memory. */
struct simdjson_index *simdjson_index_make(void);
void simdjson_index_free(struct simdjson_index *index);

/* Finds the tokens of a text: each of {}[]:, outside strings, each opening quote, and the first
   byte of each other scalar. Checks UTF-8 and strings, and not the order of tokens. */
enum simdjson_outcome simdjson_index_read(struct simdjson_index *index, const uint8_t *bytes,
                                          size_t count);

/* What the last read found: offsets, ascending; one more follows, the text's length. Valid until
   the next read. */
const uint32_t *simdjson_index_positions(const struct simdjson_index *index);
size_t simdjson_index_count(const struct simdjson_index *index);

/* Where in the bytes the first backslash is, or their count. */
size_t simdjson_backslash(const uint8_t *bytes, size_t count);

/* A digest of bytes, the same on every machine; not against an adversary. */
uint64_t simdjson_digest(const uint8_t *bytes, size_t count);

/* A whole parse into simdjson's own tree, the floor of benchmarks: elements of the first array in
   the text's object; SIZE_MAX when there is none. */
size_t simdjson_parse_count(struct simdjson_index *index, const uint8_t *bytes, size_t count);

#ifdef __cplusplus
}
#endif
#endif
