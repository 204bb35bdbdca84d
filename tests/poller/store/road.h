/* The way between a vantage's store and its house's: the test stands for the courier at the one end and for the web at
 * the other, and may cut the way, or lose answers. */
#ifndef HAYLOFT_TESTS_STORE_ROAD_H
#define HAYLOFT_TESTS_STORE_ROAD_H

#include "poller/message/store_courier.h"
#include "poller/message/web_store.h"
#include "tests/poller/store/bed.h"

struct road {
    struct bed barn, house;
    struct channel *courier, *web;
    const char *name;        /* in the address of the POST: "barn" unless said */
    bool cut;                /* no report arrives */
    bool answers_lost;       /* each arrives, and no answer does */
    int64_t answer;          /* HTTP status the barn is told instead; 0: by what the house says */
    unsigned posts, taken;   /* tries of the barn; reports the house took */
    uint32_t id;             /* of the report under way; 0: none */
    bool written;            /* as the house answered when asked for fresh files */
    struct sw_report last;   /* as the house answered last */
    struct vantage_report report; /* the barn's last one, read */
    struct arena *arena;     /* holds it */
};

/* Two stores in folders of their own, an engine at each, and the way between. */
void road_make(struct road *r);
void road_remove(struct road *r);
void road_connect(struct road *r); /* anew: after a store was started again */
bool road_until(struct road *r, bed_condition condition, void *ctx); /* false after 20 s */
bool road_all_told(struct road *r); /* waits until the barn has nothing more to tell */
void road_write_files(struct road *r); /* of the house's series; waits until they are */
void road_post(struct road *r, const void *bytes, size_t len); /* straight to the house; waits for its answer */

#endif
