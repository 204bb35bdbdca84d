/* What the files of the trace share. */
#ifndef HAYLOFT_DIAGNOSE_TRACE_INTERNAL_H
#define HAYLOFT_DIAGNOSE_TRACE_INTERNAL_H

#include "poller/diagnose/trace.h"

#define HOP_OWN (-1) /* our own plug, before the first hop */

/* Hops of a way as ends of a stretch. */
struct trace_break {
    bool found;
    bool back;
    bool elsewhere;     /* the frames go on, with another tag or none */
    int from, to;       /* from == HOP_OWN: our own plug */
};

struct trace_draft {
    const struct trace_look *l;
    const struct trace_question *q;
    const struct topology *t;
    struct arena *arena;
    struct trace_way *ways;
    bool *passed;       /* per box: some box beyond it, or itself, heard the probe with its tag */
    struct trace *out;
    bool failed;        /* no memory */
};

/* The way of one of the probe's frames, with what each box says of it. False: no memory. */
bool trace_follow(const struct trace_look *l, const struct trace_question *q, uint32_t to, struct arena *arena,
                  struct trace_way *out);
struct trace_break trace_forward(const struct trace_draft *d, const struct trace_way *w);
/* Where the answers stop; only of those that some box has heard. */
struct trace_break trace_back(const struct trace_way *w);
/* Makes a stretch of it, with suspects, and what settings say. False: no memory. */
bool trace_narrow(const struct topology *t, const struct trace_question *q, const struct trace_way *w,
                  struct trace_break b, struct arena *arena, struct trace_stretch *out);

void trace_mark_way(struct trace_draft *d, struct trace_way *w);
void trace_judge_sites(struct trace_draft *d);
void trace_tell(struct trace_draft *d);
void trace_look_again(struct trace_draft *d);

#endif
