/* The store as a whole: takes records from the engine, makes them durable, acknowledges; writes RRD files;
 * hands outbox rows to the courier; answers web and command line. Lives in one libuv loop; whatever may
 * block runs in lanes. */
#ifndef HAYLOFT_STORE_STORE_H
#define HAYLOFT_STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "graphs/layout.h"
#include "poller/model/words.h"

struct store;

struct store_settings {
    const char *state_folder;        /* exists; only read by store_create */
    int64_t journal_sync_ns;         /* a power cut may take what is younger */
    uint64_t journal_ceiling_bytes;
    const struct layout_span *spans; /* none: the defaults; only read by store_create */
    size_t span_count;
    uint32_t series_ceiling;
    /* tests wait less; 0: as it stands beside */
    int64_t disk_look_ns;            /* a minute, between two looks at the free space */
    int64_t files_sync_ns;           /* 5 min, between two syncs of the RRD files */
    int64_t home_ns;                 /* 5 s, between two tries to go back to the disk */
    int64_t slow_sync_ns;            /* 5 s, more and the disk is called slow */
    int64_t upstream_retry_ns;       /* 2 s, before the next try to report; doubling */
    int64_t upstream_patience_ns;    /* an hour without the upstream, and that is a fault of ours */
    int64_t events_keep_ns;          /* resolved incidents and events older than that go; 0: never */
    const char *vantage;             /* what we are called by an upstream; only read by store_create and _configure */
    const char *upstream_url;        /* of it, for people; the same */
    int64_t upstream_every_ns;       /* between two reports to it; 0: there is none */
    const char *const *vantages;     /* those that report to us, ends with NULL; NULL: none; the same */
    void (*want_courier)(void *ctx); /* something is due and no courier is there; may be NULL */
    void *ctx;
};

/* Opens and recovers what is on disk. What cannot be read or written is said to the engine, and the store
 * works from memory until it can. NULL: the database is of a newer version, which the log says. */
struct store *store_create(uv_loop_t *loop, const struct store_settings *s);
void store_configure(struct store *s, const struct store_settings *settings);

/* A channel to the engine, the courier or the web; replaces an older one. Takes fd over. */
void store_peer(struct store *s, enum role peer, int fd);

/* Makes durable what is here and closes everything; turns the loop meanwhile. NULL is fine. */
void store_destroy(struct store *s);

#endif
