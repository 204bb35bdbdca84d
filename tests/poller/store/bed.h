/* A store in a folder of its own, turned in the test's loop, with the test as its engine. */
#ifndef HAYLOFT_TESTS_STORE_BED_H
#define HAYLOFT_TESTS_STORE_BED_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "poller/base/arena.h"
#include "poller/base/channel.h"
#include "poller/message/engine_store.h"
#include "poller/store/store.h"

struct bed {
    uv_loop_t loop;
    char folder[64];
    struct store *store;
    struct store_settings settings;
    /* what the engine's end saw */
    struct channel *engine;
    struct arena *arena;
    uint64_t durable;
    bool restored;
    struct restored_node nodes[64];
    size_t node_count;
    struct incident open[16];
    size_t open_count;
    struct outbox_entry sent[16];
    size_t sent_count;
    struct kept_item kept[64];
    size_t kept_count;
    struct wall newest;
    struct se_trouble troubles[64];
    size_t trouble_count;
    struct se_delivery deliveries[64];
    size_t delivery_count;
    struct se_vantage vantage[512]; /* as told */
    size_t vantage_count;
    int courier_wanted;
};

void bed_prepare(struct bed *b); /* a new folder */
void bed_make(struct bed *b);    /* and a store in it */
void bed_remove(struct bed *b);  /* all of it */
void bed_start(struct bed *b);   /* a store in the folder as it is */
void bed_stop(struct bed *b);

void bed_hello(struct bed *b, const char *boot_id); /* a new engine; waits for the restored state */
void bed_object(struct bed *b, uint32_t id, const char *node, const char *name, size_t sources);
/* One row whose values are value, value + 1, ... */
void bed_sample(struct bed *b, uint64_t sequence, uint32_t id, int64_t at_ns, double value,
                size_t sources);
void bed_commit(struct bed *b, const struct es_commit *c);
void bed_keep(struct bed *b, uint64_t sequence, const char *node, const char *key, const char *value);

/* Turns the loop until the condition holds; false after 10 s. */
typedef bool (*bed_condition)(void *ctx);
bool bed_until(struct bed *b, bed_condition condition, void *ctx);
bool bed_wait_durable(struct bed *b, uint64_t sequence);
bool bed_wait_trouble(struct bed *b, const char *what); /* told, and not over again */
bool bed_wait_over(struct bed *b, const char *what);
const struct se_trouble *bed_trouble(const struct bed *b, const char *what); /* the latest; NULL: none */
void bed_turn(struct bed *b); /* what is ready now */

/* First column of the first row, by a connection of the test's own. */
int64_t bed_query(struct bed *b, const char *sql);
void bed_query_text(struct bed *b, const char *sql, char *out, size_t size);

#endif
