#include "poller/command/targets.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Takes one line; false after a sentence. */
static bool take_line(const char *path, unsigned number, const char *line, unsigned *count,
                      target_fn add, void *ctx)
{
    struct addr addr;
    if (!addr_parse(line, &addr)) {
        fprintf(stderr, "hayloft bench: %s:%u: not an address\n", path, number);
        return false;
    }
    if (++*count <= TARGETS_MAX && add(ctx, &addr))
        return true;
    fprintf(stderr, "hayloft bench: more than %u targets, or no memory\n", TARGETS_MAX);
    return false;
}

bool targets_read(const char *path, target_fn add, void *ctx)
{
    FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    char line[256];
    unsigned number = 0, count = 0;
    bool ok = f != NULL;
    if (!f)
        fprintf(stderr, "hayloft bench: cannot read %s: %s\n", path, strerror(errno));
    while (ok && fgets(line, sizeof line, f)) {
        number++;
        line[strcspn(line, " \t\r\n")] = '\0';
        if (line[0] && line[0] != '#')
            ok = take_line(path, number, line, &count, add, ctx);
    }
    if (f && f != stdin)
        fclose(f);
    if (ok && !count)
        fprintf(stderr, "hayloft bench: %s names no target\n", path);
    return ok && count;
}
