#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/base/log.h"
#include "poller/store/store_internal.h"

#define TROUBLES_MAX 8
#define DETAIL_MAX 512

struct trouble {
    char what[32]; /* "" free */
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

static struct trouble *find(struct troubles *t, const char *what)
{
    for (int i = 0; i < TROUBLES_MAX; i++)
        if (strcmp(t->list[i].what, what) == 0)
            return &t->list[i];
    return NULL;
}

static void tell(struct troubles *t, const char *what, const char *detail, bool over)
{
    struct se_trouble message = {(char *)(uintptr_t)what, (char *)(uintptr_t)detail, over};
    intake_send(t->store->intake, SE_TROUBLE, &se_trouble_record, &message);
}

void trouble_begin(struct troubles *t, const char *what, const char *detail)
{
    struct trouble *place = find(t, "");
    if (find(t, what) || !place)
        return; /* one file more on a full disk is no news */
    log_warnx("store", "%s: %s", what, detail);
    snprintf(place->what, sizeof place->what, "%s", what);
    snprintf(place->detail, sizeof place->detail, "%s", detail);
    tell(t, place->what, place->detail, false);
}

void trouble_over(struct troubles *t, const char *what)
{
    struct trouble *known = find(t, what);
    if (!known)
        return;
    log_info("store", "%s: over", what);
    tell(t, what, "", true);
    known->what[0] = '\0';
}

void troubles_tell_all(struct troubles *t)
{
    for (int i = 0; i < TROUBLES_MAX; i++)
        if (t->list[i].what[0])
            tell(t, t->list[i].what, t->list[i].detail, false);
}
