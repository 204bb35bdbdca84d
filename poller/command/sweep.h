/* A sweep: many addresses asked once or a few times, as fast as told, each with its own statistics. */
#ifndef HAYLOFT_COMMAND_SWEEP_H
#define HAYLOFT_COMMAND_SWEEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "poller/base/addr.h"

struct sweep_target {
    struct addr addr;
    uint16_t sent, answered;
    uint32_t rtt_min_ns, rtt_max_ns;
    uint64_t rtt_sum_ns;
};

struct sweep_plan {
    unsigned count;        /* echoes per target */
    unsigned rate;         /* echoes per second over all; 0: as fast as it goes */
    int64_t timeout_ns;
    size_t payload_len;
    bool progress;         /* a line on stderr while it lasts */
};

#define SWEEP_BUCKETS 512 /* of round-trip times, 16 to the octave */

struct sweep_result {
    uint64_t sent, answered, duplicates, late, wrong_source, forged, refused, ours;
    int64_t took_ns;
    uint64_t buckets[SWEEP_BUCKETS];
    const char *own_error; /* of the last echo we could not send, or NULL */
};

/* False with a sentence on stderr when there is no socket or no memory. */
bool sweep_run(const struct sweep_plan *plan, struct sweep_target *targets, size_t target_count,
               struct sweep_result *out);
/* The round-trip time below which this part (0-1) of the answers lies. */
int64_t sweep_quantile_ns(const struct sweep_result *r, double part);

#endif
