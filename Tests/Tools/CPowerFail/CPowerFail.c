/* Reading a trace and what it says of itself. */
#include "model.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int fail(powerfail *pf, const char *format, ...) {
    va_list list;
    va_start(list, format);
    vsnprintf(pf->error, sizeof pf->error, format, list);
    va_end(list);
    return -1;
}

static void count_record(powerfail *pf, const struct trace_record *r, uint64_t index) {
    struct powerfail_totals *t = &pf->totals;
    if (r->kind == TRACE_WRITE) {
        t->writes++;
        t->bytes_written += r->data_length;
        t->durable_writes += (r->flags & TRACE_FLAG_DSYNC) != 0;
    }
    t->flushes += r->kind == TRACE_FLUSH_END;
    t->length_changes += r->kind == TRACE_TRUNCATE || r->kind == TRACE_EXTEND;
    t->name_changes += changes_names(r->kind);
    if (r->kind == TRACE_MARK) append_index(&pf->marks, index);
    if (r->kind == TRACE_UNSEEN) append_index(&pf->unseen, index);
    if (r->kind == TRACE_MAPPED) append_index(&pf->mapped, index);
    if (r->kind <= TRACE_BASE_LINK) pf->base_count = index + 1;
}

static int read_records(powerfail *pf) {
    size_t capacity = 0;
    uint64_t object_last = 0;
    for (size_t at = 0; at < pf->trace_length;) {
        const struct trace_record *r = (const struct trace_record *)(pf->trace + at);
        size_t left = pf->trace_length - at;
        /* A program that was killed may leave its last record in part. */
        if (left < sizeof *r) break;
        if (r->magic != TRACE_MAGIC || r->kind == 0 || r->kind >= TRACE_KIND_END)
            return fail(pf, "byte %zu of the trace is not the beginning of a record", at);
        size_t length = sizeof *r + r->name_length + r->other_name_length + r->data_length;
        length = (length + 7) / 8 * 8;
        if (length > left) break;
        pf->offsets = grow(pf->offsets, &capacity, pf->record_count + 1, sizeof *pf->offsets);
        pf->offsets[pf->record_count] = at;
        count_record(pf, r, pf->record_count++);
        if (r->object > object_last) object_last = r->object;
        if (r->parent > object_last || r->other_parent > object_last)
            return fail(pf, "byte %zu of the trace names a directory that is not there", at);
        at += length;
    }
    if (pf->base_count == 0) return fail(pf, "the trace has no directory to begin with");
    pf->object_count = object_last + 1;
    pf->objects = calloc(pf->object_count, sizeof *pf->objects);
    if (!pf->objects) return fail(pf, "no memory");
    pf->totals.operations = pf->record_count - pf->base_count;
    pf->totals.marks = pf->marks.count;
    pf->totals.unseen = pf->unseen.count;
    pf->totals.mapped = pf->mapped.count;
    return 0;
}

powerfail *powerfail_open(const char *trace, unsigned options, char *error, size_t error_size) {
    powerfail *pf = calloc(1, sizeof *pf);
    if (!pf) return NULL;
    pf->options = options;
    int fd = open(trace, O_RDONLY | O_CLOEXEC), result = -1;
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0) {
        fail(pf, "%s: %s", trace, strerror(errno));
    } else if (st.st_size == 0) {
        fail(pf, "%s is empty: was the recorder preloaded?", trace);
    } else {
        void *bytes = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (bytes == MAP_FAILED) {
            fail(pf, "%s: %s", trace, strerror(errno));
        } else {
            pf->trace = bytes;
            pf->trace_length = st.st_size;
            result = read_records(pf);
        }
    }
    if (fd >= 0) close(fd);
    if (result == 0) return pf;
    snprintf(error, error_size, "%s", pf->error);
    powerfail_close(pf);
    return NULL;
}

void powerfail_close(powerfail *pf) {
    if (pf->trace) munmap((void *)pf->trace, pf->trace_length);
    for (uint64_t i = 0; pf->objects && i < pf->object_count; i++) {
        free(pf->objects[i].bytes);
        free(pf->objects[i].pending.at);
        free(pf->objects[i].entries.at);
        free(pf->objects[i].image_entries.at);
        free(pf->objects[i].image_path);
    }
    free(pf->objects);
    free(pf->offsets);
    free(pf->marks.at);
    free(pf->unseen.at);
    free(pf->mapped.at);
    free(pf->names.at);
    free(pf->scratch);
    free(pf->directory);
    free(pf);
}

struct powerfail_totals powerfail_totals(const powerfail *pf) { return pf->totals; }
uint64_t powerfail_operation_count(const powerfail *pf) { return pf->totals.operations; }
const char *powerfail_error(const powerfail *pf) { return pf->error; }

uint64_t powerfail_mark_count(const powerfail *pf, uint64_t point) {
    uint64_t low = 0, high = pf->marks.count, index = pf->base_count + point;
    while (low < high) {
        uint64_t middle = (low + high) / 2;
        if (pf->marks.at[middle] < index) low = middle + 1;
        else high = middle;
    }
    return low;
}

const char *powerfail_mark(const powerfail *pf, uint64_t index, size_t *length) {
    if (index >= pf->marks.count) return NULL;
    const struct trace_record *r = record_at(pf, pf->marks.at[index]);
    *length = r->data_length;
    return record_data(r);
}

const char *powerfail_unseen(const powerfail *pf, uint64_t index) {
    static _Thread_local char text[256];
    if (index >= pf->unseen.count) return NULL;
    const struct trace_record *r = record_at(pf, pf->unseen.at[index]);
    snprintf(text, sizeof text, "%.*s", (int)r->name_length, record_name(r));
    return text;
}

const char *powerfail_mapped(const powerfail *pf, uint64_t index) {
    static _Thread_local char text[256];
    if (index >= pf->mapped.count) return NULL;
    uint64_t object = record_at(pf, pf->mapped.at[index])->object;
    for (uint64_t i = pf->record_count; i-- > 0;) {
        const struct trace_record *r = record_at(pf, i);
        bool renamed = r->kind == TRACE_RENAME;
        if (r->object != object || !(r->name_length || renamed)) continue;
        snprintf(text, sizeof text, "%.*s", (int)(renamed ? r->other_name_length : r->name_length),
                 renamed ? record_other_name(r) : record_name(r));
        return text;
    }
    return "";
}
