/* "I am on it": told to the engine, for the page's button and for programs alike. */
#ifndef HAYLOFT_WEB_ACKNOWLEDGE_H
#define HAYLOFT_WEB_ACKNOWLEDGE_H

#include "web/exchange.h"

/* then: called once with the engine's answer; text says what happened or why not. */
void acknowledge_incident(struct exchange *x, const char *incident,
                          void (*then)(struct exchange *x, bool ok, const char *text));

#endif
