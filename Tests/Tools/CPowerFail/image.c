/* What of the changes that are not durable is in an image: names, and the bytes of each file. */
#include "model.h"

#include <stdlib.h>
#include <string.h>

#define SECTOR 512u
#define PAGE 4096u

static bool one_in(uint64_t random, uint64_t count) { return random % count == 0; }

/* --- names ------------------------------------------------------------------------------------ */

/* The changes of names that may be in the image: those not durable, and the one at the point. */
static size_t name_count(const powerfail *pf, const struct image *image) {
    bool in_flight = image->point < pf->record_count
                     && changes_names(record_at(pf, image->point)->kind);
    return pf->names.count + in_flight;
}

static uint64_t name_index(const powerfail *pf, const struct image *image, size_t i) {
    return i < pf->names.count ? pf->names.at[i] : image->point;
}

static bool is_in(const powerfail *pf, const struct trace_record *r, uint64_t index) {
    return index < pf->objects[r->parent].image_cut
           && (r->kind != TRACE_RENAME || index < pf->objects[r->other_parent].image_cut);
}

static uint64_t cut_of_directory(powerfail *pf, const struct image *image, uint64_t directory) {
    uint64_t random = mix(mix(image->seed, 0x6e616d65), directory);
    switch (image->mode) {
    case POWERFAIL_LOSE: return pf->objects[directory].named_before;
    case POWERFAIL_KEEP: return UINT64_MAX;
    case POWERFAIL_PREFIX: return image->cut;
    default: break;
    }
    uint64_t changes = 0, at = 0;
    for (size_t i = 0; i < name_count(pf, image); i++) {
        const struct trace_record *r = record_at(pf, name_index(pf, image, i));
        changes += r->parent == directory || r->other_parent == directory;
    }
    uint64_t wanted = random % (changes + 1);
    for (size_t i = 0; i < name_count(pf, image); i++) {
        uint64_t index = name_index(pf, image, i);
        const struct trace_record *r = record_at(pf, index);
        if (r->parent != directory && r->other_parent != directory) continue;
        if (at++ == wanted) return index;
    }
    return UINT64_MAX;
}

/* A rename that one of its directories has not, the other has not either, nor what follows. */
static void cut_renames(powerfail *pf, const struct image *image) {
    for (bool again = true; again;) {
        again = false;
        for (size_t i = 0; i < name_count(pf, image); i++) {
            uint64_t index = name_index(pf, image, i);
            const struct trace_record *r = record_at(pf, index);
            if (r->kind != TRACE_RENAME || is_in(pf, r, index)) continue;
            struct object *a = &pf->objects[r->parent], *b = &pf->objects[r->other_parent];
            if (index < a->image_cut) a->image_cut = index, again = true;
            if (index < b->image_cut) b->image_cut = index, again = true;
        }
    }
}

static void choose_names(powerfail *pf, const struct image *image) {
    for (uint64_t i = 1; i < pf->object_count; i++) {
        struct object *o = &pf->objects[i];
        if (!o->is_directory) continue;
        o->image_cut = cut_of_directory(pf, image, i);
        if (o->image_cut < o->named_before) o->image_cut = o->named_before;
        struct entries *to = &o->image_entries;
        to->at = grow(to->at, &to->capacity, o->entries.count, sizeof *to->at);
        to->count = o->entries.count;
        if (to->count) memcpy(to->at, o->entries.at, to->count * sizeof *to->at);
    }
    cut_renames(pf, image);
    for (size_t i = 0; i < name_count(pf, image); i++) {
        uint64_t index = name_index(pf, image, i);
        const struct trace_record *r = record_at(pf, index);
        if (is_in(pf, r, index)) entries_apply(pf, r, true);
    }
}

/* --- choice ----------------------------------------------------------------------------------- */

/* One of the operations that are not durable, so that a cut falls where it matters. */
static uint64_t choose_cut(powerfail *pf, const struct image *image) {
    uint64_t count = name_count(pf, image) + 1;
    for (uint64_t i = 1; i < pf->object_count; i++) count += pf->objects[i].pending.count;
    uint64_t wanted = mix(image->seed, 0x637574) % count;
    if (wanted < name_count(pf, image)) return name_index(pf, image, wanted);
    wanted -= name_count(pf, image);
    for (uint64_t i = 1; i < pf->object_count; i++) {
        const struct indices *pending = &pf->objects[i].pending;
        if (wanted < pending->count) return pending->at[wanted];
        wanted -= pending->count;
    }
    return image->point;
}

struct image image_choose(powerfail *pf, uint64_t seed, uint64_t index, int mode) {
    state_advance(pf, index);
    struct image image = {.seed = mix(mix(seed, index), mode), .point = index, .mode = mode};
    if (index < pf->record_count) {
        int kind = record_at(pf, index)->kind;
        if (kind == TRACE_CREATE || kind == TRACE_MKDIR || kind == TRACE_SYMLINK)
            state_begin_object(pf, index);
    }
    image.cut = choose_cut(pf, &image);
    choose_names(pf, &image);
    return image;
}

/* --- bytes ------------------------------------------------------------------------------------ */

static bool keeps_operation(const struct image *image, uint64_t index, uint64_t random) {
    switch (image->mode) {
    case POWERFAIL_LOSE: return false;
    case POWERFAIL_KEEP: return true;
    case POWERFAIL_PREFIX: return index <= image->cut;
    case POWERFAIL_SUFFIX: return index >= image->cut;
    default: return random & 1;
    }
}

static size_t set_scratch(powerfail *pf, size_t length, size_t wanted) {
    pf->scratch = grow(pf->scratch, &pf->scratch_capacity, wanted, 1);
    if (wanted > length) memset(pf->scratch + length, 0, wanted - length);
    return wanted;
}

static bool keeps_sector(const struct image *image, uint64_t random, uint64_t object, uint64_t at,
                         uint64_t sector, uint64_t torn) {
    switch (image->mode) {
    case POWERFAIL_PAGES: return mix(mix(image->seed, object), at / PAGE) & 1;
    case POWERFAIL_SECTORS: return mix(random, sector) & 1;
    default: return sector < torn;
    }
}

/* The sectors of one write that reached the disk. */
static size_t apply_write(powerfail *pf, const struct image *image, uint64_t object, uint64_t index,
                          size_t length, uint64_t random) {
    const struct trace_record *r = record_at(pf, index);
    bool by_sector = image->mode == POWERFAIL_PAGES || image->mode == POWERFAIL_SECTORS;
    bool keeps = by_sector || keeps_operation(image, index, random);
    uint64_t end = r->offset + r->data_length;
    /* The file may have grown and the bytes not have come. */
    if (!keeps || by_sector) {
        bool grew = image->mode >= POWERFAIL_PAGES && one_in(random >> 8, 4);
        if (grew && end > length) length = set_scratch(pf, length, end);
        if (!keeps) return length;
    }
    /* Sectors are the disk's, so a write that begins in the middle of one shares it. */
    uint64_t first = r->offset / SECTOR, sectors = (end + SECTOR - 1) / SECTOR - first;
    bool torn_here = (image->mode == POWERFAIL_PREFIX && index == image->cut)
                     || (image->mode > POWERFAIL_KEEP && index == image->point);
    uint64_t torn = torn_here ? (random >> 16) % (sectors + 1) : sectors;
    for (uint64_t s = 0; s < sectors; s++) {
        uint64_t from = (first + s) * SECTOR, to = from + SECTOR;
        if (from < r->offset) from = r->offset;
        if (to > end) to = end;
        if (!keeps_sector(image, random, object, from, s, torn)) continue;
        if (to > length) length = set_scratch(pf, length, to);
        memcpy(pf->scratch + from, record_data(r) + (from - r->offset), to - from);
    }
    return length;
}

static size_t apply_change(powerfail *pf, const struct image *image, uint64_t object,
                           uint64_t index, size_t length) {
    const struct trace_record *r = record_at(pf, index);
    uint64_t random = mix(image->seed, index);
    if ((r->flags & TRACE_FLAG_DSYNC) && index < image->point) {
        struct image whole = {.mode = POWERFAIL_KEEP};
        return apply_write(pf, &whole, object, index, length, 0);
    }
    if (r->kind == TRACE_WRITE) return apply_write(pf, image, object, index, length, random);
    if (!keeps_operation(image, index, random)) return length;
    if (r->kind == TRACE_TRUNCATE || r->offset > length)
        return set_scratch(pf, length, r->offset);
    return length;
}

const uint8_t *image_content(powerfail *pf, const struct image *image, uint64_t object,
                             size_t *length) {
    struct object *o = &pf->objects[object];
    const struct trace_record *next =
        image->point < pf->record_count ? record_at(pf, image->point) : NULL;
    bool in_flight = next && next->object == object && changes_bytes(next->kind);
    *length = o->length;
    if (o->pending.count == 0 && !in_flight) return o->bytes;
    set_scratch(pf, o->length, o->length);
    if (o->length) memcpy(pf->scratch, o->bytes, o->length);
    for (size_t i = 0; i < o->pending.count; i++)
        *length = apply_change(pf, image, object, o->pending.at[i], *length);
    if (in_flight) *length = apply_change(pf, image, object, image->point, *length);
    return pf->scratch;
}
