/* The durable state after the first so many operations. */
#include "model.h"

#include <stdlib.h>
#include <string.h>

void *grow(void *at, size_t *capacity, size_t wanted, size_t size) {
    if (wanted <= *capacity) return at;
    size_t next = *capacity ? *capacity : 16;
    while (next < wanted) next *= 2;
    at = realloc(at, next * size);
    if (!at) abort();
    *capacity = next;
    return at;
}

void append_index(struct indices *list, uint64_t index) {
    list->at = grow(list->at, &list->capacity, list->count + 1, sizeof *list->at);
    list->at[list->count++] = index;
}

/* --- entries ---------------------------------------------------------------------------------- */

static void entries_remove(struct entries *list, const char *name, size_t length) {
    for (size_t i = 0; i < list->count; i++) {
        if (list->at[i].name_length != length || memcmp(list->at[i].name, name, length)) continue;
        list->at[i] = list->at[--list->count];
        return;
    }
}

static void entries_set(struct entries *list, const char *name, size_t length, uint64_t object) {
    entries_remove(list, name, length);
    list->at = grow(list->at, &list->capacity, list->count + 1, sizeof *list->at);
    list->at[list->count++] = (struct entry){name, length, object};
}

void entries_apply(powerfail *pf, const struct trace_record *r, bool in_image) {
    struct object *parent = &pf->objects[r->parent];
    struct entries *list = in_image ? &parent->image_entries : &parent->entries;
    switch (r->kind) {
    case TRACE_UNLINK:
    case TRACE_RMDIR:
        entries_remove(list, record_name(r), r->name_length);
        break;
    case TRACE_RENAME: {
        struct object *other = &pf->objects[r->other_parent];
        entries_remove(list, record_name(r), r->name_length);
        entries_set(in_image ? &other->image_entries : &other->entries, record_other_name(r),
                    r->other_name_length, r->object);
        break;
    }
    default:
        entries_set(list, record_name(r), r->name_length, r->object);
    }
}

/* A rename that is durable in one of its directories is so in the other, with what came before. */
static void close_over_renames(powerfail *pf) {
    for (bool again = true; again;) {
        again = false;
        for (size_t i = 0; i < pf->names.count; i++) {
            uint64_t index = pf->names.at[i];
            const struct trace_record *r = record_at(pf, index);
            if (r->kind != TRACE_RENAME || r->parent == r->other_parent) continue;
            struct object *a = &pf->objects[r->parent], *b = &pf->objects[r->other_parent];
            bool in_a = index < a->named_before, in_b = index < b->named_before;
            if (in_a == in_b) continue;
            if (in_a) b->named_before = index + 1;
            else a->named_before = index + 1;
            again = true;
        }
    }
}

static void settle_names(powerfail *pf) {
    close_over_renames(pf);
    size_t kept = 0;
    for (size_t i = 0; i < pf->names.count; i++) {
        const struct trace_record *r = record_at(pf, pf->names.at[i]);
        if (pf->names.at[i] < pf->objects[r->parent].named_before) entries_apply(pf, r, false);
        else pf->names.at[kept++] = pf->names.at[i];
    }
    pf->names.count = kept;
}

/* --- bytes ------------------------------------------------------------------------------------ */

static void set_length(struct object *o, size_t length) {
    o->bytes = grow(o->bytes, &o->capacity, length, 1);
    if (length > o->length) memset(o->bytes + o->length, 0, length - o->length);
    o->length = length;
}

static void apply_bytes(struct object *o, const struct trace_record *r) {
    if (r->kind == TRACE_TRUNCATE) {
        set_length(o, r->offset);
    } else if (r->kind == TRACE_EXTEND) {
        if (r->offset > o->length) set_length(o, r->offset);
    } else {
        if (r->offset + r->data_length > o->length) set_length(o, r->offset + r->data_length);
        memcpy(o->bytes + r->offset, record_data(r), r->data_length);
    }
}

/* What is durable is applied up to the first that is not; the rest waits, so that order holds. */
static void settle_bytes(powerfail *pf, struct object *o, uint64_t before) {
    size_t kept = 0;
    for (size_t i = 0; i < o->pending.count; i++) {
        const struct trace_record *r = record_at(pf, o->pending.at[i]);
        bool durable = o->pending.at[i] < before || (r->flags & TRACE_FLAG_DSYNC);
        if (durable && kept == 0) apply_bytes(o, r);
        else o->pending.at[kept++] = o->pending.at[i];
    }
    o->pending.count = kept;
}

/* --- operations ------------------------------------------------------------------------------- */

static void flushed(powerfail *pf, const struct trace_record *r) {
    bool names = r->object == 0 || (pf->options & POWERFAIL_ORDERED);
    for (uint64_t i = 1; i < pf->object_count; i++) {
        struct object *o = &pf->objects[i];
        bool its = r->object == 0 || r->object == i;
        if (o->is_directory) {
            if ((names || its) && o->named_before < r->offset) o->named_before = r->offset;
        } else if (its) {
            settle_bytes(pf, o, r->offset);
        }
    }
    settle_names(pf);
}

static void born(powerfail *pf, const struct trace_record *r) {
    struct object *o = &pf->objects[r->object];
    o->is_known = true;
    o->is_directory = r->kind == TRACE_BASE_DIRECTORY || r->kind == TRACE_MKDIR;
    o->mode = r->offset;
    if (r->kind == TRACE_SYMLINK) {
        o->target = record_data(r);
        o->target_length = r->data_length;
    }
    if (r->kind == TRACE_BASE_FILE) {
        set_length(o, r->data_length);
        memcpy(o->bytes, record_data(r), r->data_length);
    }
}

static void state_reset(powerfail *pf) {
    for (uint64_t i = 1; i < pf->object_count; i++) {
        struct object *o = &pf->objects[i];
        o->is_known = o->is_directory = o->is_mapped = false;
        o->target = NULL;
        o->length = 0;
        o->pending.count = o->entries.count = 0;
        o->named_before = 0;
    }
    pf->names.count = 0;
    pf->at = 0;
}

static void advance_one(powerfail *pf, uint64_t index) {
    const struct trace_record *r = record_at(pf, index);
    struct object *o = &pf->objects[r->object];
    switch (r->kind) {
    case TRACE_BASE_DIRECTORY:
    case TRACE_BASE_FILE:
    case TRACE_BASE_LINK:
        if (r->kind != TRACE_BASE_LINK) born(pf, r);
        if (r->parent) entries_apply(pf, r, false);
        break;
    case TRACE_CREATE:
    case TRACE_MKDIR:
    case TRACE_SYMLINK:
        born(pf, r);
        append_index(&pf->names, index);
        break;
    case TRACE_LINK:
    case TRACE_UNLINK:
    case TRACE_RMDIR:
    case TRACE_RENAME:
        append_index(&pf->names, index);
        break;
    case TRACE_WRITE:
    case TRACE_TRUNCATE:
    case TRACE_EXTEND:
        append_index(&o->pending, index);
        if (r->flags & TRACE_FLAG_DSYNC) settle_bytes(pf, o, 0);
        break;
    case TRACE_FLUSH_END:
        flushed(pf, r);
        break;
    case TRACE_MODE:
        o->mode = r->offset;
        break;
    case TRACE_MAPPED:
        o->is_mapped = true;
        break;
    default:
        break;
    }
}

void state_advance(powerfail *pf, uint64_t index) {
    if (index < pf->at) state_reset(pf);
    while (pf->at < index) advance_one(pf, pf->at++);
}

void state_begin_object(powerfail *pf, uint64_t index) { born(pf, record_at(pf, index)); }
