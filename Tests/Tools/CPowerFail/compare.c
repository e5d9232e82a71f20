/* Holding what the trace says against the directory where the program ran. */
#include "model.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static int compare_file(powerfail *pf, const struct image *image, int folder, const char *name,
                        uint64_t object) {
    if (pf->objects[object].is_mapped) return 0;
    size_t length;
    const uint8_t *bytes = image_content(pf, image, object, &length);
    int fd = openat(folder, name, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0) return fail(pf, "cannot open %s: %s", name, strerror(errno));
    int result = 0;
    if ((size_t)st.st_size != length) {
        result = fail(pf, "%s has %zu bytes, by the trace %zu", name, (size_t)st.st_size, length);
    } else if (length > 0) {
        const uint8_t *real = mmap(NULL, length, PROT_READ, MAP_PRIVATE, fd, 0);
        if (real == MAP_FAILED) {
            result = fail(pf, "cannot read %s: %s", name, strerror(errno));
        } else {
            size_t at = 0;
            while (at < length && real[at] == bytes[at]) at++;
            if (at < length) result = fail(pf, "%s differs from the trace at byte %zu", name, at);
            munmap((void *)real, length);
        }
    }
    close(fd);
    return result;
}

static int compare_entries(powerfail *pf, const struct image *image, uint64_t directory, int folder,
                           int depth) {
    struct entries *list = &pf->objects[directory].image_entries;
    size_t found = 0;
    int again = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *real = again < 0 ? NULL : fdopendir(again);
    if (!real) return fail(pf, "cannot list a directory: %s", strerror(errno));
    int result = 0;
    for (struct dirent *e; result == 0 && (e = readdir(real));) {
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..")) continue;
        size_t length = strlen(e->d_name), i = 0;
        while (i < list->count && (list->at[i].name_length != length
                                   || memcmp(list->at[i].name, e->d_name, length)))
            i++;
        if (i == list->count) {
            result = fail(pf, "%s is there, not by the trace", e->d_name);
            break;
        }
        found++;
        uint64_t object = list->at[i].object;
        if (pf->objects[object].is_directory) {
            int child = openat(folder, e->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
            if (child < 0 || depth == DEPTH_MAX) result = fail(pf, "cannot open %s", e->d_name);
            else result = compare_entries(pf, image, object, child, depth + 1);
            if (child >= 0) close(child);
        } else if (!pf->objects[object].target) {
            result = compare_file(pf, image, folder, e->d_name, object);
        }
    }
    closedir(real);
    if (result == 0 && found != list->count)
        result = fail(pf, "%zu names are missing in a directory", list->count - found);
    return result;
}

int powerfail_compare(powerfail *pf, const char *directory) {
    pf->error[0] = 0;
    int folder = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return fail(pf, "%s: %s", directory, strerror(errno));
    struct image image = image_choose(pf, 0, pf->record_count, POWERFAIL_KEEP);
    int result = compare_entries(pf, &image, 1, folder, 0);
    close(folder);
    return result;
}
