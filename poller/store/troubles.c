#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/base/log.h"
#include "poller/store/store_internal.h"

#define TROUBLES_MAX 8
#define DETAIL_MAX 512

/* One of each source at a time: the database may find the disk full and the journal not. */
struct trouble {
    const char *source; /* NULL: free */
    char what[32];
    char detail[DETAIL_MAX];
};

struct troubles {
    struct store *store;
    struct trouble list[TROUBLES_MAX];
};

struct troubles *troubles_create(struct store *s)
{
    struct troubles *t = calloc(1, sizeof *t);
    if (!t)
        fatalx("no memory for troubles");
    t->store = s;
    return t;
}

void troubles_destroy(struct troubles *t)
{
    free(t);
}

static struct trouble *of_source(struct troubles *t, const char *source)
{
    for (int i = 0; i < TROUBLES_MAX; i++)
        if (t->list[i].source && strcmp(t->list[i].source, source) == 0)
            return &t->list[i];
    return NULL;
}

static struct trouble *free_place(struct troubles *t)
{
    for (int i = 0; i < TROUBLES_MAX; i++)
        if (!t->list[i].source)
            return &t->list[i];
    return NULL;
}

static bool is_known(const struct troubles *t, const char *what)
{
    for (int i = 0; i < TROUBLES_MAX; i++)
        if (t->list[i].source && strcmp(t->list[i].what, what) == 0)
            return true;
    return false;
}

static void tell(struct troubles *t, const char *what, const char *detail, bool over)
{
    struct se_trouble message = {(char *)(uintptr_t)what, (char *)(uintptr_t)detail, over};
    intake_send(t->store->intake, SE_TROUBLE, &se_trouble_record, &message);
}

void trouble_begin(struct troubles *t, const char *source, const char *what, const char *detail)
{
    struct trouble *place = of_source(t, source);
    if (place && strcmp(place->what, what) == 0)
        return; /* one file more on a full disk is no news */
    if (place)
        trouble_over(t, source);
    place = free_place(t);
    if (!place)
        return;
    bool news = !is_known(t, what);
    place->source = source;
    snprintf(place->what, sizeof place->what, "%s", what);
    snprintf(place->detail, sizeof place->detail, "%s", detail);
    log_warnx("store", "%s: %s: %s", source, what, detail);
    if (news)
        tell(t, place->what, place->detail, false);
}

void trouble_over(struct troubles *t, const char *source)
{
    struct trouble *known = of_source(t, source);
    if (!known)
        return;
    known->source = NULL;
    log_info("store", "%s: %s: over", source, known->what);
    if (!is_known(t, known->what))
        tell(t, known->what, "", true);
}

void troubles_tell_all(struct troubles *t)
{
    for (int i = 0; i < TROUBLES_MAX; i++)
        if (t->list[i].source)
            tell(t, t->list[i].what, t->list[i].detail, false);
}
