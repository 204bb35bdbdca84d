/* How much an incident matters: by its cause, unless the configuration says otherwise. */
#ifndef HAYLOFT_ENGINE_SEVERITY_H
#define HAYLOFT_ENGINE_SEVERITY_H

#include "poller/engine/engine_internal.h"

enum severity severity_of(const struct config *c, enum cause_kind kind);

#endif
