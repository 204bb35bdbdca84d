/* A UDP port that agents sit behind. Requests go to a function with the address they were sent to;
 * its answer leaves from that address: at once, later, twice, or never, as the manners of the agent
 * are. */
#ifndef HAYLOFT_TESTS_AGENT_PORT_H
#define HAYLOFT_TESTS_AGENT_PORT_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "poller/base/clock.h"

/* How answers travel, and what of it is under way. */
struct agent_line {
    double loss;      /* 0-1, of answers */
    int64_t delay_ns; /* of each answer */
    int64_t late_ns;  /* instead, of each late_every-th one; 0: none is late */
    unsigned late_every;
    bool twice;
    bool one_at_a_time; /* an answer's delay begins when the one before has left */
    unsigned answers;
    int64_t busy_until_ns;
};

/* Returns the answer's length and whose line it takes; 0: silence. */
typedef size_t (*agent_port_fn)(void *ctx, struct in_addr asked, struct mono now,
                                const uint8_t *request, size_t len, uint8_t *out,
                                struct agent_line **line);

struct agent_port;

/* Port 0: any, see agent_port_number. The address 0.0.0.0 hears all of this machine's. NULL: see
 * errno. */
struct agent_port *agent_port_open(const char *address, uint16_t port, agent_port_fn fn, void *ctx);
void agent_port_close(struct agent_port *p); /* NULL is fine; answers under way are dropped */
uint16_t agent_port_number(const struct agent_port *p);
void agent_port_serve(struct agent_port *p, struct mono end);
/* In a process of its own for at most that span; the port here is closed. It dies with the caller, or is ended by
 * agent_port_end. */
pid_t agent_port_fork(struct agent_port *p, int64_t span_ns);
void agent_port_end(pid_t child);

#endif
