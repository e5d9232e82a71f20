/* Looks into a trace and builds one image by hand, to see again what a test saw.
   powerfail TRACE                                     totals
   powerfail TRACE compare DIRECTORY                   is the trace all that happened there?
   powerfail TRACE DIRECTORY SEED POINT MODE [ordered] the image; tells the last mark before it */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CPowerFail.h"

static const char *modes[POWERFAIL_MODE_COUNT] = {
    "lose", "keep", "pages", "sectors", "prefix", "suffix", "shuffle",
};

static void print_totals(const powerfail *pf) {
    struct powerfail_totals t = powerfail_totals(pf);
    printf("operations %llu\nwrites %llu (%llu through O_DSYNC), %llu bytes\nflushes %llu\n"
           "length changes %llu\nname changes %llu\nmarks %llu\n",
           (unsigned long long)t.operations, (unsigned long long)t.writes,
           (unsigned long long)t.durable_writes, (unsigned long long)t.bytes_written,
           (unsigned long long)t.flushes, (unsigned long long)t.length_changes,
           (unsigned long long)t.name_changes, (unsigned long long)t.marks);
    for (uint64_t i = 0; i < t.mapped; i++)
        printf("mapped writable: %s\n", powerfail_mapped(pf, i));
    for (uint64_t i = 0; i < t.unseen; i++) printf("unseen: %s\n", powerfail_unseen(pf, i));
}

int main(int count, char **arguments) {
    char error[512];
    if (count != 2 && count != 4 && count != 6 && count != 7) {
        fprintf(stderr, "powerfail TRACE [compare DIRECTORY | "
                        "DIRECTORY SEED POINT MODE [ordered]]\n");
        return 64;
    }
    unsigned options = count == 7 && !strcmp(arguments[6], "ordered") ? POWERFAIL_ORDERED : 0;
    powerfail *pf = powerfail_open(arguments[1], options, error, sizeof error);
    if (!pf) {
        fprintf(stderr, "powerfail: %s\n", error);
        return 65;
    }
    int result = 0;
    if (count == 2) {
        print_totals(pf);
    } else if (count == 4) {
        result = powerfail_compare(pf, arguments[3]);
        if (result != 0) fprintf(stderr, "powerfail: %s\n", powerfail_error(pf));
    } else {
        int mode = 0;
        while (mode < POWERFAIL_MODE_COUNT && strcmp(modes[mode], arguments[5])) mode++;
        uint64_t seed = strtoull(arguments[3], NULL, 10), point = strtoull(arguments[4], NULL, 10);
        result = powerfail_build(pf, arguments[2], seed, point, mode);
        if (result != 0) fprintf(stderr, "powerfail: %s\n", powerfail_error(pf));
        size_t length = 0;
        uint64_t marks = powerfail_mark_count(pf, point);
        const char *mark = marks ? powerfail_mark(pf, marks - 1, &length) : "";
        if (result == 0) printf("marks before the cut: %llu, the last: %.*s\n",
                                (unsigned long long)marks, (int)length, mark);
    }
    powerfail_close(pf);
    return result ? 66 : 0;
}
