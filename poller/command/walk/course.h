/* The walk of one agent: root after root, over real sockets, bounded in objects and time. Version 1
 * is tried when nothing answers by 2c and none was chosen. What keeps it from being whole is said,
 * each thing once. */
#ifndef HAYLOFT_COMMAND_WALK_COURSE_H
#define HAYLOFT_COMMAND_WALK_COURSE_H

#include "collectors/protocol/snmp_engine.h"
#include "poller/command/target.h"
#include "poller/command/walk/tree.h"

#define COURSE_ROOTS_MAX 32
#define COURSE_CUTS_MAX  COURSE_ROOTS_MAX
#define COURSE_TEXT_MAX  512

struct course_root {
    struct tree_oid oid, after; /* after: what of it was walked before; empty: nothing */
};

struct course_plan {
    const struct target *target;
    const struct course_root *roots;
    size_t root_count;
    size_t objects_most;
    int64_t time_most_ns;
    tree_row_fn row; /* false: it has no more memory */
    void *ctx;
};

/* Why something is missing: a stable word (objects time not-rising too-long refused passed-over
 * timeout no-memory), and a sentence. */
struct course_cut {
    const char *word;
    char sentence[COURSE_TEXT_MAX];
};

struct course {
    bool answered, own_fault;
    enum snmp_version version; /* that answered */
    char engine_id[SNMP_ENGINE_TEXT_MAX];
    size_t objects, requests;
    int64_t took_ns;
    struct course_cut cuts[COURSE_CUTS_MAX];
    size_t cut_count;
    /* when nothing answered */
    const char *error;
    char detail[COURSE_TEXT_MAX];
};

void course_run(const struct course_plan *plan, struct course *out);

#endif
