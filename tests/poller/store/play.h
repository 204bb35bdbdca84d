/* A store in a process of its own, with this process as its engine and its courier: records of all
 * kinds, those not acknowledged sent again to the next store; messages taken and answered.
 * Remembers what was acknowledged and taken, and when, so that it can be compared with what is
 * found on disk after the store came to a bad end. One engine in five dies with its store. */
#ifndef HAYLOFT_TESTS_STORE_PLAY_H
#define HAYLOFT_TESTS_STORE_PLAY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "poller/base/arena.h"
#include "poller/base/channel.h"
#include "poller/base/clock.h"
#include "poller/store/store.h"

#define PLAY_OBJECTS 20
#define PLAY_STEP_S  60

enum play_what { PLAY_SAMPLE, PLAY_COMMIT, PLAY_KEEP };

/* One record the engine made, in order. Its number is its id. */
struct play_record {
    enum play_what what;
    uint32_t boot;
    uint64_t sequence;
    uint32_t nth;                 /* SAMPLE: of all samples */
    bool acknowledged, abandoned; /* abandoned: its engine died before the acknowledgement */
    struct mono sent, acknowledged_at;
    uint32_t taken, taken_in_life; /* COMMIT: by the courier */
    bool seen;                     /* found again */
    bool lost; /* acknowledged, and taken by a power cut as the promise allows */
};

struct play {
    const char *name; /* of the program, in what it says */
    char folder[64];
    struct store_settings settings; /* but for the folder */
    bool disk_is_dead;      /* else trouble and a message that overtakes one on disk end it */
    int64_t first_stamp_ns; /* of the samples, one a minute and object; 0: all are of now */
    unsigned seed;
    uint32_t round, life; /* life: of stores, at least one a round */
    pid_t child;
    int engine, courier;
    struct play_record *records;
    uint32_t count, first_open; /* records before first_open are settled */
    uint32_t samples;
    uint32_t boot;
    uint64_t sequence;
    bool restored;
    struct arena *arena;
    uint8_t *buffer;
    int64_t slowest_start_ns, slowest_sample_ns;
    uint32_t messages_taken, messages_again;
};

void play_init(struct play *p, const char *name, unsigned seed);
void play_fini(struct play *p);
_Noreturn void play_die(const struct play *p, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

void play_maybe_reboot(struct play *p);
void play_start(struct play *p);         /* a store, and the engine's hello to it */
void play_wait_restored(struct play *p); /* dies after 5 s */
void play_until(struct play *p, struct mono until);
bool play_until_it_ends(struct play *p, struct mono until); /* true: the store did, before */
int play_status(struct play *p); /* of a store that ended by itself, as wait tells it */
/* Takes what came within the time; false when the store closed a channel. */
bool play_listen(struct play *p, int64_t time_ns);
void play_kill(struct play *p);
void play_settle(
    struct play *p); /* one more store, until all is acknowledged and delivered; then killed */

/* The object of a sample, and its stamp. */
uint32_t play_object(const struct play_record *r);
int64_t play_stamp_ns(const struct play *p, const struct play_record *r);

/* Marks as seen what stands there; dies on a row twice, on one nobody made, on damage. */
void play_look_into_database(struct play *p); /* at a copy: what lies there stays as it is */
void play_look_into_journal(struct play *p);  /* only reads */
void play_forget_seen(struct play *p);
/* A reader that never moves keeps every segment, so that all samples can be found. */
void play_pin_journal(const struct play *p);

#endif
