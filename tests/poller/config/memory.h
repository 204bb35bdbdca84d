/* A configuration read from memory, with check kinds of the test's own and one service. */
#ifndef HAYLOFT_TESTS_CONFIG_MEMORY_H
#define HAYLOFT_TESTS_CONFIG_MEMORY_H

#include "poller/config/kinds.h"
#include "poller/config/print.h"
#include "poller/config/read.h"

extern const struct check_kinds memory_kinds; /* ping (automatic), tcp, snmp */

extern const struct profile_set memory_profiles; /* six meanings, no profile */

struct tcp_options {
    int64_t port;
    int64_t timeout_ns;
};
struct snmp_options {
    char *community;
    char **tables;
    size_t tables_count;
};
struct ping_options {
    int64_t count;
};

/* secrets: text of secrets.yaml or NULL. False when there are errors. */
bool memory_read(const char *text, const char *secrets, struct arena *arena, struct readout *out);

#endif
