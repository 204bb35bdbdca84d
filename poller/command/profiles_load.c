#include "poller/command/profiles_load.h"

#include <stdint.h>
#include <stdio.h>

#include "poller/command/spawn.h"

static const struct profile_set *unpack(const struct buf *packed, struct arena *arena)
{
    struct reader in = reader_over(packed->data ? packed->data : "", packed->len);
    struct profile_set *set = arena_take(arena, sizeof *set);
    if (set && field_unpack(&profile_set_record, &in, NULL, arena, set) && rd_left(&in) == 0)
        return set;
    fputs("hayloft: cannot understand what hayloft-config says of the profiles\n", stderr);
    return NULL;
}

const struct profile_set *profiles_load(const char *config, struct arena *arena)
{
    char *argv[] = {"hayloft-config", "--config", (char *)(uintptr_t)config, "--profiles", NULL};
    struct buf packed = {0};
    int status = spawn_own(argv, &packed);
    const struct profile_set *set = status == 0 ? unpack(&packed, arena) : NULL;
    buf_fini(&packed);
    return set;
}
