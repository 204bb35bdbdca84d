/* What the parts of the store share. Each part owns the struct of its name and is driven by the others
 * through the functions below it. */
#ifndef HAYLOFT_STORE_STORE_INTERNAL_H
#define HAYLOFT_STORE_STORE_INTERNAL_H

#include <unistd.h>
#include <uv.h>

#include "poller/base/channel.h"
#include "poller/message/engine_store.h"
#include "poller/message/store_courier.h"
#include "poller/message/web_store.h"
#include "poller/store/at_work.h"
#include "poller/store/commit.h"
#include "poller/store/database.h"
#include "poller/store/heads.h"
#include "poller/store/journal.h"
#include "poller/store/kept.h"
#include "poller/store/lane.h"
#include "poller/store/series.h"
#include "poller/store/store.h"

struct intake;   /* records from the engine, and their acknowledgement */
struct files;    /* RRD work: what is due, what is asked to be fresh */
struct syncing;  /* the journal's fdatasync, cursors, trimming */
struct disk_watch; /* free space, room for the database, losses */
struct troubles; /* own faults the engine must know of */
struct delivery; /* outbox rows on their way through the courier */
struct desk;     /* web and command line */
struct forgetting; /* old events and incidents go */
struct homing;   /* the database's way back to disk */
struct upstream; /* what the house is told, where there is one */
struct vantages; /* what those that report to us say */

#define STORE_VANTAGES_MAX 16

struct store {
    uv_loop_t *loop;
    struct store_settings settings;
    char *state_folder;
    struct database *database;
    struct journal *journal;
    struct series *series;
    struct at_work *at_work;
    struct heads *heads;
    struct lane *database_lane, *files_lane, *sync_lane, *hash_lane;
    struct intake *intake;
    struct files *files;
    struct syncing *syncing;
    struct disk_watch *disk_watch;
    struct troubles *troubles;
    struct delivery *delivery;
    struct desk *desk;
    struct forgetting *forgetting;
    struct homing *homing;
    struct upstream *upstream;
    struct vantages *vantages;
    struct arena *names; /* texts of settings */
    bool stopping;
};

/* --- intake.c --- */
struct intake *intake_create(struct store *s);
void intake_destroy(struct intake *i);
void intake_replay(struct intake *i); /* the journal, into series and learned facts */
void intake_replay_samples(struct intake *i); /* all that the RRD cursor has not passed, once more */
void intake_peer(struct intake *i, int fd);
void intake_flush_kept(struct intake *i); /* learned facts, and how far the samples are */
uint64_t intake_lost(const struct intake *i); /* records of samples there was no room for */
void intake_is_home(struct intake *i); /* what was committed in memory is on disk now */
void intake_send(struct intake *i, uint16_t type, const struct record *r, const void *value);
/* The object's series, named in the journal when it is new; SERIES_NONE when it is refused. */
uint32_t intake_define(struct intake *i, const struct es_object *o);

/* --- files.c --- */
struct files *files_create(struct store *s);
void files_destroy(struct files *f);
typedef void (*files_fresh_fn)(void *ctx, bool ok);
/* Writes what waits for the chosen objects (names NULL: all), then calls fn. */
void files_fresh(struct files *f, const char *vantage, const char *node, const char *object,
                 files_fresh_fn fn, void *ctx);
void files_pause(struct files *f, bool pause);
void files_kick(struct files *f); /* something may be due */

/* --- syncing.c --- */
struct syncing *syncing_create(struct store *s);
void syncing_destroy(struct syncing *y); /* a last sync, in the caller's thread */
void syncing_configure(struct syncing *y);
void syncing_cursors_moved(struct syncing *y);
/* Calls fn once all that is in the journal now is durable, or (ok false) is not for sure. */
typedef void (*syncing_fn)(void *ctx, bool ok);
void syncing_barrier(struct syncing *y, syncing_fn fn, void *ctx);

/* --- disk_watch.c --- */
struct disk_watch *disk_watch_create(struct store *s);
void disk_watch_destroy(struct disk_watch *w);

/* --- troubles.c --- */
struct troubles *troubles_create(struct store *s);
void troubles_destroy(struct troubles *t);
/* source: which part suffers, a constant; what: the word of SE_TROUBLE. */
void trouble_begin(struct troubles *t, const char *source, const char *what, const char *detail);
/* The same, with a count in its detail that may have grown: told again once an hour. */
void trouble_renew(struct troubles *t, const char *source, const char *what, const char *detail);
void trouble_over(struct troubles *t, const char *source);
bool trouble_is_known(const struct troubles *t, const char *what); /* from whatever source */
void troubles_tell_all(struct troubles *t); /* to an engine that just came */

/* --- delivery.c --- */
struct delivery *delivery_create(struct store *s);
void delivery_destroy(struct delivery *d);
void delivery_peer(struct delivery *d, int fd);
void delivery_kick(struct delivery *d); /* rows may have come */

/* --- forgetting.c --- */
struct forgetting *forgetting_create(struct store *s);
void forgetting_destroy(struct forgetting *f);

/* --- homing.c --- */
struct homing *homing_create(struct store *s);
void homing_destroy(struct homing *h); /* one more try, in the caller's time */
void homing_look(struct homing *h);    /* after a job of the database's lane: it may be in memory now */

/* --- upstream.c --- */
struct upstream *upstream_create(struct store *s);
void upstream_destroy(struct upstream *u);
void upstream_configure(struct upstream *u);
void upstream_kick(struct upstream *u); /* something was decided */
void upstream_courier(struct upstream *u, struct channel *c); /* there is one, or (NULL) no more */
void upstream_reported(struct upstream *u, const struct cs_reported *m);
void upstream_engine_begins(struct upstream *u, struct wall newest); /* newest: sample before it */
void upstream_engine_gone(struct upstream *u);
void upstream_view(struct upstream *u, const char *boot_id, const struct frame *frame);

/* --- vantages.c --- */
struct vantages *vantages_create(struct store *s);
void vantages_destroy(struct vantages *v); /* turns the loop until nothing is being taken */
void vantages_take(struct vantages *v, uint64_t client, const struct ws_report *m); /* answered by the desk */
void vantages_tell_all(struct vantages *v); /* to an engine that just came */

/* --- desk.c --- */
struct desk *desk_create(struct store *s);
void desk_destroy(struct desk *k);
void desk_peer(struct desk *k, int fd);
void desk_reload(struct desk *k); /* users and sessions, from the database */
void desk_answer(struct desk *k, uint64_t client, uint16_t type, const struct record *r, const void *value);

#endif
