/* Objects and their rows, as series.c keeps them and series_batch.c writes them. */
#ifndef HAYLOFT_STORE_SERIES_INTERNAL_H
#define HAYLOFT_STORE_SERIES_INTERNAL_H

#include "poller/base/arena.h"
#include "poller/store/series.h"

#define STAMP_AHEAD_NS MINUTES(10) /* what two readings of one clock may differ */

/* Rows of one object: cells of 8 bytes, a stamp and then its values. */
struct rows {
    union {
        int64_t at_ns;
        double value;
    } *cells;
    size_t count, room;
    struct journal_position first; /* of the oldest */
};

struct object {
    const char *key;      /* vantage NUL node NUL object NUL */
    const char *node, *name;
    const char *path;
    enum layout layout;
    int64_t step_s;
    const char **sources;
    size_t source_count;
    struct arena *arena;  /* all of the above */
    struct rows waiting;
    struct journal_position taken; /* oldest row in the running batch; 0: none */
    struct wall not_before;        /* after a failure */
    bool unsynced, syncing;        /* its file was written since the last sync; the running one covers it */
    bool written_before;           /* by this process */
    bool own;                      /* measured here; its clock is ours */
    bool retired;                  /* defined again with another shape: its rows go to the heir */
    uint32_t heir;                 /* SERIES_NONE: there is none */
};

struct series {
    char *folder;
    struct layout_span spans[LAYOUT_SPANS_MAX];
    size_t span_count;
    struct object **objects;
    uint32_t count, room, ceiling;
    unsigned patience;      /* times SERIES_ROWS_DUE and SERIES_AGE_DUE_S */
    uint32_t *table;      /* open addressing: id + 1, 0 free */
    uint32_t table_size;
    uint32_t *order;      /* ids by path */
    bool ordered;
    struct wall newest;
    struct series_figures figures;
    struct at_work *at_work;
    struct heads *heads;
    bool crowded;
};

static inline size_t stride(const struct object *o)
{
    return 1 + o->source_count;
}

static inline int64_t row_at(const struct object *o, const struct rows *r, size_t i)
{
    return r->cells[i * stride(o)].at_ns;
}

/* In order of time; a repeat is skipped. */
void series_insert(struct series *s, struct object *o, int64_t at_ns, const double *values);
/* Waiting rows of a retired object become its heir's, by the names of their sources. Leaves rows empty. */
void series_hand_over(struct series *s, const struct object *from, struct rows *rows);

#endif
