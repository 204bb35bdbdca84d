/* The port a silent node hangs on, as its parent's agent tells it. */
#ifndef HAYLOFT_DIAGNOSE_RULES_PORT_H
#define HAYLOFT_DIAGNOSE_RULES_PORT_H

#include "poller/diagnose/rule.h"

enum port_state { PORT_UNKNOWN, PORT_UP, PORT_DOWN };

struct port_finding {
    enum port_state state;
    const char *port;             /* its name, when known */
    bool planned;                 /* named by the configuration, not by the moment it changed */
    const struct known_fact *fact;
    int64_t back_ns;              /* of one that has link again, and counts as down yet: so long still */
};

struct port_finding port_before(const struct scene *s, uint32_t node);
/* Names it in the finding: port, evidence. */
void port_tell(const struct scene *s, uint32_t node, const struct port_finding *p,
               struct finding *out);

#endif
