/* The roles as processes: which there are, who talks with whom, starting them with what they need,
 * and stopping them in order. The tables here are the whole list of what the parent ever starts. */
#ifndef HAYLOFT_CREW_H
#define HAYLOFT_CREW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "poller/base/clock.h"
#include "poller/base/field.h"
#include "poller/model/words.h"
#include "poller/privileged.h"
#include "poller/supervise.h"

#define CREW_GROUPS_MAX 8

struct crew_user {
    bool set;
    uid_t uid;
    gid_t gid;
    gid_t groups[CREW_GROUPS_MAX]; /* beside gid */
    size_t group_count;
};

struct crew_member {
    pid_t pid; /* 0: no process */
    int fd;    /* our end of its channel; -1: none */
    struct supervised life;
    uint64_t prepared; /* generation it was last asked to prepare */
    uint64_t adopted;  /* generation it works with; 0: none yet */
    bool told_to_stop;
    int last_status; /* of its last end, as wait tells it */
};

struct crew {
    struct crew_member members[ROLE_COUNT];
    const char *programs; /* folder of the roles' programs; NULL: as places says */
    const struct supervise_policy *policy;
    struct privileged *sockets;
    struct crew_user users[ROLE_COUNT];
    int lock;               /* kept open by each role; -1: none */
    int slices[ROLE_COUNT]; /* of the current generation; -1: role is not to run */
    uint64_t generation;
    struct mono stop_began;
};

void crew_init(struct crew *c, const struct supervise_policy *policy);
const char *crew_program(const struct crew *c, const char *name, char *out); /* PLACES_PATH_MAX */

/* The roles that have a slice are wanted, the others told to stop. Takes the slices over. At the very first
 * start the engine comes up alone, the others once it asks. */
void crew_set_slices(struct crew *c, uint64_t generation, int slices[static ROLE_COUNT],
                     struct mono now);
void crew_engine_asks(struct crew *c, struct mono now); /* it works: the others need wait no longer */

/* Sends; a role whose channel is full hangs and is killed. False when it did not get the message.
 */
bool crew_send(struct crew *c, enum role role, uint16_t type, const struct record *record,
               const void *value, int fd);
void crew_prepare(struct crew *c, enum role role, uint64_t generation, int slice);
void crew_prepare_late(struct crew *c);         /* roles that came up while the others voted */
void crew_kill(struct crew *c, enum role role); /* counts as its own failure */

void crew_want(struct crew *c, enum role role,
               struct mono now); /* on demand only; others are ignored */
void crew_ended(struct crew *c, enum role role, int wait_status, struct mono now);
void crew_step(struct crew *c, struct mono now); /* starts, asks, kills what is due */
struct mono crew_due(const struct crew *c);
bool crew_all_adopted(const struct crew *c); /* each role that runs always works */

/* Tells an engine that came up which roles end again and again; later news come by crew_step. */
void crew_tell_troubles(struct crew *c);

/* Stops who should stop now; true when nobody is left. */
bool crew_stop_step(struct crew *c, struct mono now);
struct mono crew_stop_due(const struct crew *c);

#endif
