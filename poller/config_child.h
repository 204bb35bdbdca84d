/* The short-lived child that reads the configuration, so that the parent parses nothing: it gets
 * the path, answers one sealed slice per role and the end. */
#ifndef HAYLOFT_CONFIG_CHILD_H
#define HAYLOFT_CONFIG_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

#include "poller/base/clock.h"
#include "poller/model/words.h"

struct config_answer {
    bool ok;
    char *text;             /* errors, or warnings when ok; owned; may be NULL */
    char *state_dir;        /* absolute; owned */
    int slices[ROLE_COUNT]; /* memfds, owned; -1: the role has nothing to do */
};

struct config_child {
    pid_t pid; /* 0: none */
    int fd;    /* -1: none */
    bool done; /* answer is whole */
    struct mono deadline;
    struct config_answer answer;
};

void config_answer_init(struct config_answer *a);
void config_answer_fini(struct config_answer *a);

void config_child_init(struct config_child *c);
bool config_child_start(struct config_child *c, const char *program, const char *path,
                        struct mono now);
/* Reads what came; sets done when the answer is whole, the child is gone or its time is over. */
void config_child_step(struct config_child *c, struct mono now);
/* Ends the child if it still runs; the parent reaps it. The answer goes too unless it was moved
 * out. */
void config_child_fini(struct config_child *c);

#endif
