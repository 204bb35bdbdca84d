#include "collectors/snmp/counter_row.h"

#include <stdlib.h>
#include <string.h>

struct counter_rest {
    struct counter counters[IF_COUNTERS];
};

void counter_row_fini(struct counter_row *r)
{
    free(r->rest);
    r->rest = NULL;
}

void counter_row_move(struct counter_row *to, struct counter_row *from)
{
    counter_row_fini(to);
    *to = *from;
    from->rest = NULL;
}

void counter_row_get(const struct counter_row *r, struct counter out[static IF_COUNTERS])
{
    if (r->rest) {
        memcpy(out, r->rest->counters, sizeof r->rest->counters);
        return;
    }
    for (unsigned i = 0; i < IF_COUNTERS; i++)
        out[i] = r->read & IF_BIT(i) ? counter_plain(r->last[i]) : (struct counter){0};
}

static bool needs_rest(const struct counter *counters)
{
    for (unsigned i = 0; i < IF_COUNTERS; i++)
        if (!counter_is_new(&counters[i]) && !counter_is_plain(&counters[i]))
            return true;
    return false;
}

/* Without memory the odd ones are as if they had never been read. */
static bool keep_rest(struct counter_row *r, const struct counter *in)
{
    if (!needs_rest(in)) {
        counter_row_fini(r);
        return true;
    }
    if (!r->rest && !(r->rest = malloc(sizeof *r->rest)))
        return false;
    memcpy(r->rest->counters, in, sizeof r->rest->counters);
    return true;
}

void counter_row_put(struct counter_row *r, const struct counter in[static IF_COUNTERS])
{
    bool kept = keep_rest(r, in);
    r->read = 0;
    for (unsigned i = 0; i < IF_COUNTERS; i++) {
        bool known = !counter_is_new(&in[i]) && (kept || counter_is_plain(&in[i]));
        r->last[i] = known ? in[i].last : 0;
        r->read |= (uint16_t)(known << i);
    }
}

/* Of some counters in a row what each grew by. *before, *all: with the bits of all those numbers. */
static inline void subtract(const uint64_t *restrict now, const struct counter_row *r, unsigned first, unsigned end,
                            uint64_t *restrict grown, uint64_t *before, uint64_t *all)
{
    uint64_t last_bits = 0, grown_bits = 0;
    for (unsigned i = first; i < end; i++) {
        last_bits |= r->last[i];
        grown[i] = now[i] - r->last[i]; /* enormous when it went back */
        grown_bits |= grown[i];
    }
    *before |= last_bits;
    *all |= grown_bits;
}

bool counter_row_went_on(struct counter_row *r, uint32_t have, const uint64_t now[static IF_COUNTERS],
                         struct counter_limits most, uint64_t grown[static IF_COUNTERS])
{
    uint64_t octets = 0, others = 0, before = 0; /* bits of them all: nothing is above these */
    if (r->rest || have != r->read)
        return false;
    subtract(now, r, IF_HC_IN_OCTETS, IF_HC_OUT_OCTETS + 1, grown, &before, &octets);
    subtract(now, r, IF_HC_OUT_OCTETS + 1, IF_COUNTERS, grown, &before, &others);
    if (before > INT64_MAX || octets > most.octets || others > most.others)
        return false;
    memcpy(r->last, now, sizeof r->last);
    return true;
}
