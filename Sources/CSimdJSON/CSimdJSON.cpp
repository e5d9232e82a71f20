#include "CSimdJSON.h"

#include <cstring>
#include <memory>
#include <new>
#include <simdjson.h>

#define TEXT2(x) #x
#define TEXT(x) TEXT2(x)

struct simdjson_index {
    std::unique_ptr<simdjson::internal::dom_parser_implementation> parser;
    simdjson::dom::parser tree;
    size_t capacity = 0;
};

extern "C" const char *simdjson_version(void) { return TEXT(SIMDJSON_VERSION); }

extern "C" struct simdjson_index *simdjson_index_make(void) {
    return new (std::nothrow) simdjson_index();
}

extern "C" void simdjson_index_free(struct simdjson_index *index) { delete index; }

/* Doubled, so that texts that grow slowly do not allocate each time. */
static simdjson::error_code make_room(struct simdjson_index *index, size_t count) {
    if (index->parser && count <= index->capacity) return simdjson::SUCCESS;
    size_t capacity = index->capacity ? index->capacity : 64 * 1024;
    while (capacity < count) capacity *= 2;
    if (!index->parser) {
        auto error = simdjson::get_active_implementation()->create_dom_parser_implementation(
            capacity, simdjson::DEFAULT_MAX_DEPTH, index->parser);
        if (error) {
            index->parser.reset();
            return error;
        }
    } else {
        auto error = index->parser->allocate(capacity, simdjson::DEFAULT_MAX_DEPTH);
        if (error) {
            index->parser.reset();
            index->capacity = 0;
            return error;
        }
    }
    index->capacity = capacity;
    return simdjson::SUCCESS;
}

extern "C" enum simdjson_outcome simdjson_index_read(struct simdjson_index *index,
                                                     const uint8_t *bytes, size_t count) {
    if (count == 0) return SIMDJSON_OUTCOME_MALFORMED;
    if (make_room(index, count)) return SIMDJSON_OUTCOME_NO_MEMORY;
    /* The last block is copied by the library (buf_block_reader), so no padding is read. */
    auto error = index->parser->stage1(bytes, count, simdjson::stage1_mode::regular);
    return error ? SIMDJSON_OUTCOME_MALFORMED : SIMDJSON_OUTCOME_INDEXED;
}

extern "C" const uint32_t *simdjson_index_positions(const struct simdjson_index *index) {
    return index->parser ? index->parser->structural_indexes.get() : nullptr;
}

extern "C" size_t simdjson_index_count(const struct simdjson_index *index) {
    return index->parser ? index->parser->n_structural_indexes : 0;
}

extern "C" size_t simdjson_backslash(const uint8_t *bytes, size_t count) {
    const void *found = count ? memchr(bytes, '\\', count) : nullptr;
    return found ? size_t(static_cast<const uint8_t *>(found) - bytes) : count;
}

static inline uint64_t mixed(uint64_t a, uint64_t b) {
    unsigned __int128 product = static_cast<unsigned __int128>(a) * b;
    return uint64_t(product) ^ uint64_t(product >> 64);
}

/* Multiplied words, folded: the scheme of wyhash, with the golden ratio's digits. */
extern "C" uint64_t simdjson_digest(const uint8_t *bytes, size_t count) {
    const uint64_t odd = 0x9e3779b97f4a7c15u, other = 0xbf58476d1ce4e5b9u;
    uint64_t digest = mixed(count ^ odd, other);
    while (count >= 16) {
        uint64_t words[2];
        memcpy(words, bytes, 16);
        digest = mixed(words[0] ^ digest ^ odd, words[1] ^ other);
        bytes += 16;
        count -= 16;
    }
    uint64_t words[2] = {0, 0};
    memcpy(words, bytes, count);
    return mixed(mixed(words[0] ^ digest ^ odd, words[1] ^ other) ^ odd, other);
}

extern "C" size_t simdjson_parse_count(struct simdjson_index *index, const uint8_t *bytes,
                                       size_t count) {
    simdjson::dom::object object;
    if (index->tree.parse(bytes, count, true).get(object)) return SIZE_MAX;
    for (auto field : object) {
        simdjson::dom::array list;
        if (!field.value.get(list)) return list.size();
    }
    return SIZE_MAX;
}
