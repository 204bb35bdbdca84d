/* The set of profiles collectors go by. A configuration that brings the same one again leaves it, and with
 * it every check, where it is. */
#include <stdlib.h>
#include <string.h>

#include "poller/base/sha256.h"
#include "poller/engine/shell.h"

struct held_profiles {
    struct arena *arena;
    uint8_t digest[SHA256_BYTES]; /* of the packed form */
    struct profile_set set;
};

void shell_profiles_drop(struct held_profiles *h)
{
    if (!h)
        return;
    arena_destroy(h->arena);
    free(h);
}

bool shell_profiles_prepare(struct shell *s, struct reader *packed)
{
    shell_profiles_drop(s->prepared_profiles);
    s->prepared_profiles = NULL;
    uint8_t digest[SHA256_BYTES];
    sha256(packed->at, rd_left(packed), digest);
    if (s->profiles && memcmp(s->profiles->digest, digest, sizeof digest) == 0)
        return true;
    struct held_profiles *h = calloc(1, sizeof *h);
    if (h && (h->arena = arena_create(0)) &&
        field_unpack(&profile_set_record, packed, NULL, h->arena, &h->set) && rd_left(packed) == 0) {
        memcpy(h->digest, digest, sizeof digest);
        s->prepared_profiles = h;
        return true;
    }
    shell_profiles_drop(h);
    return false;
}

struct held_profiles *shell_profiles_adopt(struct shell *s)
{
    struct held_profiles *old = s->profiles;
    if (!s->prepared_profiles)
        return NULL;
    s->profiles = s->prepared_profiles;
    s->prepared_profiles = NULL;
    s->env.profiles = &s->profiles->set;
    return old;
}
