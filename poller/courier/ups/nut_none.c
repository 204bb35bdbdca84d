/* Built without libupsclient. */
#include <stdio.h>
#include <stdlib.h>

#include "poller/courier/ups/nut.h"

struct nut_talk {
    char nothing;
};

bool nut_is_built(void)
{
    return false;
}

struct nut_talk *nut_talk_create(void)
{
    return calloc(1, sizeof(struct nut_talk));
}

void nut_talk_destroy(struct nut_talk *t)
{
    free(t);
}

void nut_list(struct nut_talk *t, const char *host, uint16_t port, const char *ups,
              int64_t connect_ms, struct nut_listing *out)
{
    *out = (struct nut_listing){.error = "own fault"};
    snprintf(out->detail, sizeof out->detail, "this hayloft was built without libupsclient");
}

void nut_give_up(struct nut_talk *t)
{
}
