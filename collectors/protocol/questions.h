/* Checks whose round is one question and one answer (tcp, dns, http, ups): who is checked, which questions are
 * open, and the one report that ends each. A kind only asks and says what came of it. */
#ifndef HAYLOFT_COLLECTORS_PROTOCOL_QUESTIONS_H
#define HAYLOFT_COLLECTORS_PROTOCOL_QUESTIONS_H

#include "collectors/collector.h"

#define QUESTION_OBJECT_MAX 96

struct asked_node { /* one check of one node */
    struct check_setting setting;
};

struct question {
    struct question *next;
    struct questions *owner;
    struct asked_node *node;
    uint32_t round;
    enum round_kind kind;
    struct mono started;
    struct timer *deadline;
    void *handle; /* the kind's: what is under way */
};

struct question_answer {
    enum outcome outcome;
    const char *reason, *detail;
    int64_t time_ns;         /* how long the answer took; 0: none came */
    const char *object;      /* "tcp-443" */
    struct fact *facts;
    size_t fact_count;
    struct reading *readings;/* when it has some: they bring their own objects */
    size_t reading_count;
    bool has_readings;
};

struct question_ops {
    void (*ask)(struct question *q);    /* answered later by question_end */
    void (*forget)(struct question *q); /* lets go of q->handle; it may be NULL */
};

struct questions {
    const struct env *env;
    const struct question_ops *ops;
    struct asked_node **nodes; /* by check id; NULL: none */
    size_t capacity;
    struct question *open;
};

bool questions_adopt(struct questions *s, const struct check_setting *setting);
void questions_drop(struct questions *s, uint32_t check);
void questions_start(struct questions *s, uint32_t check, uint32_t round, enum round_kind kind,
                     struct mono deadline);
void questions_cancel(struct questions *s, uint32_t check, uint32_t round);
void questions_fini(struct questions *s);

/* Reports and lets the question go; its handle is over already. */
void question_end(struct question *q, const struct question_answer *a);
/* When even asking failed: our own fault, from a timer, never from inside ask. */
void question_fail_soon(struct question *q);
/* "kind-label", or the fallback when the check has no label. Returns out. */
const char *question_object(const struct question *q, const char *kind, const char *fallback,
                            char out[static QUESTION_OBJECT_MAX]);

#endif
