/* Jobs that block, one after the other in the thread pool, while the loop goes on. Each kind of blocking
 * work has a lane of its own: the database, the RRD files, the journal's sync, password hashing. */
#ifndef HAYLOFT_STORE_LANE_H
#define HAYLOFT_STORE_LANE_H

#include <stddef.h>
#include <uv.h>

struct lane;

struct lane *lane_create(uv_loop_t *loop);
/* Turns the loop until all that was queued is done. NULL is fine. */
void lane_destroy(struct lane *l);

/* run is called in the thread pool, then done in the loop. Jobs are the caller's memory. */
typedef void (*lane_fn)(void *job);
void lane_add(struct lane *l, lane_fn run, lane_fn done, void *job);
void lane_add_first(struct lane *l, lane_fn run, lane_fn done, void *job); /* before what waits */
size_t lane_waiting(const struct lane *l); /* the running job included */

#endif
