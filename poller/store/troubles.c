#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/base/log.h"
#include "poller/store/store_internal.h"

#define TROUBLES_MAX 16
#define DETAIL_MAX 512
#define NEWS_GAP_NS MINUTES(60) /* a count that grows is told again so often */

/* One of each source at a time: the database may find the disk full and the journal not. */
struct trouble {
    const char *source; /* NULL: free */
    char what[32];
    char detail[DETAIL_MAX];
    struct mono told;
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

/* The engine knows a trouble by its word: what several sources say under it goes as one text. */
static void tell(struct troubles *t, const char *what)
{
    struct buf detail = {0};
    bool known = false;
    for (int i = 0; i < TROUBLES_MAX; i++)
        if (t->list[i].source && strcmp(t->list[i].what, what) == 0) {
            buf_printf(&detail, "%s%s", known ? "; " : "", t->list[i].detail);
            known = true;
        }
    struct se_trouble message = {(char *)(uintptr_t)what, (char *)(uintptr_t)buf_string(&detail), !known};
    intake_send(t->store->intake, SE_TROUBLE, &se_trouble_record, &message);
    buf_fini(&detail);
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
    *place = (struct trouble){.source = source, .told = clock_mono()};
    snprintf(place->what, sizeof place->what, "%s", what);
    snprintf(place->detail, sizeof place->detail, "%s", detail);
    log_warnx("store", "%s: %s: %s", source, what, detail);
    tell(t, place->what);
}

void trouble_renew(struct troubles *t, const char *source, const char *what, const char *detail)
{
    struct trouble *known = of_source(t, source);
    if (!known || strcmp(known->what, what) != 0) {
        trouble_begin(t, source, what, detail);
        return;
    }
    snprintf(known->detail, sizeof known->detail, "%s", detail);
    if (mono_since(clock_mono(), known->told) < NEWS_GAP_NS)
        return;
    known->told = clock_mono();
    log_warnx("store", "%s: %s: %s", source, what, detail);
    tell(t, known->what);
}

void trouble_over(struct troubles *t, const char *source)
{
    struct trouble *known = of_source(t, source);
    if (!known)
        return;
    known->source = NULL;
    log_info("store", "%s: %s: over", source, known->what);
    tell(t, known->what);
}

bool trouble_is_known(const struct troubles *t, const char *what)
{
    for (int i = 0; i < TROUBLES_MAX; i++)
        if (t->list[i].source && strcmp(t->list[i].what, what) == 0)
            return true;
    return false;
}

void troubles_tell_all(struct troubles *t)
{
    for (int i = 0; i < TROUBLES_MAX; i++)
        if (t->list[i].source)
            tell(t, t->list[i].what);
}
