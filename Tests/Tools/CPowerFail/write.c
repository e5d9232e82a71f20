/* Writing an image into a directory. */
#include "model.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int empty_directory(powerfail *pf, int folder) {
    int again = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *list = again < 0 ? NULL : fdopendir(again);
    if (!list) return fail(pf, "cannot list the image's directory: %s", strerror(errno));
    int result = 0;
    for (struct dirent *e; result == 0 && (e = readdir(list));) {
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..")) continue;
        if (unlinkat(folder, e->d_name, 0) == 0) continue;
        int child = openat(folder, e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (child < 0) result = fail(pf, "cannot remove %s: %s", e->d_name, strerror(errno));
        else result = empty_directory(pf, child);
        if (child >= 0) close(child);
        if (result == 0 && unlinkat(folder, e->d_name, AT_REMOVEDIR) != 0)
            result = fail(pf, "cannot remove %s: %s", e->d_name, strerror(errno));
    }
    closedir(list);
    return result;
}

/* Only what this handle built before, or nothing, is cleared away. */
static int open_empty(powerfail *pf, const char *directory) {
    if (mkdir(directory, 0755) != 0 && errno != EEXIST)
        return fail(pf, "%s: %s", directory, strerror(errno));
    int folder = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return fail(pf, "%s: %s", directory, strerror(errno));
    bool ours = pf->directory && !strcmp(pf->directory, directory);
    if (!ours) {
        DIR *list = opendir(directory);
        int count = 0;
        while (list && readdir(list)) count++;
        if (list) closedir(list);
        if (count > 2) {
            close(folder);
            return fail(pf, "%s is not empty and was not built by this handle", directory);
        }
        free(pf->directory);
        pf->directory = strdup(directory);
    } else if (empty_directory(pf, folder) != 0) {
        close(folder);
        return -1;
    }
    return folder;
}

static int write_file(powerfail *pf, const struct image *image, int folder, const char *name,
                      uint64_t object) {
    size_t length, done = 0;
    const uint8_t *bytes = image_content(pf, image, object, &length);
    int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return fail(pf, "cannot create %s: %s", name, strerror(errno));
    while (done < length) {
        ssize_t n = write(fd, bytes + done, length - done);
        if (n <= 0) break;
        done += n;
    }
    fchmod(fd, pf->objects[object].mode);
    close(fd);
    return done == length ? 0 : fail(pf, "cannot write %s: %s", name, strerror(errno));
}

static int write_entries(powerfail *pf, const struct image *image, uint64_t directory, int folder,
                         const char *path, int depth) {
    struct entries *list = &pf->objects[directory].image_entries;
    for (size_t i = 0; i < list->count; i++) {
        struct object *o = &pf->objects[list->at[i].object];
        char name[256], whole[4096];
        snprintf(name, sizeof name, "%.*s", (int)list->at[i].name_length, list->at[i].name);
        snprintf(whole, sizeof whole, "%s/%s", path, name);
        int result = 0;
        if (o->is_directory) {
            if (depth == DEPTH_MAX) return fail(pf, "%s is nested too deep", whole);
            if (mkdirat(folder, name, 0700) != 0)
                return fail(pf, "cannot create %s: %s", whole, strerror(errno));
            int child = openat(folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
            if (child < 0) return fail(pf, "cannot open %s: %s", whole, strerror(errno));
            result = write_entries(pf, image, list->at[i].object, child, whole, depth + 1);
            fchmod(child, o->mode);
            close(child);
        } else if (o->target) {
            char target[4096];
            snprintf(target, sizeof target, "%.*s", (int)o->target_length, o->target);
            result = symlinkat(target, folder, name);
        } else if (o->image_serial == pf->image_serial) {
            result = linkat(AT_FDCWD, o->image_path, folder, name, 0);
        } else {
            result = write_file(pf, image, folder, name, list->at[i].object);
            o->image_serial = pf->image_serial;
            free(o->image_path);
            o->image_path = strdup(whole);
        }
        if (result != 0) return pf->error[0] ? -1 : fail(pf, "%s: %s", whole, strerror(errno));
    }
    return 0;
}

int powerfail_build(powerfail *pf, const char *directory, uint64_t seed, uint64_t point, int mode) {
    pf->error[0] = 0;
    if (point > pf->totals.operations || mode < 0 || mode >= POWERFAIL_MODE_COUNT)
        return fail(pf, "no such point or mode");
    int folder = open_empty(pf, directory);
    if (folder < 0) return -1;
    struct image image = image_choose(pf, seed, pf->base_count + point, mode);
    pf->image_serial++;
    int result = write_entries(pf, &image, 1, folder, directory, 0);
    close(folder);
    return result;
}
