/* A node's ports, values and neighbours, asked of the engine when somebody looks. */
#ifndef HAYLOFT_WEB_DETAIL_H
#define HAYLOFT_WEB_DETAIL_H

#include "poller/message/web_engine.h"
#include "web/exchange.h"

/* then: called once; detail is valid during the call, NULL when nobody answered. */
void detail_ask(struct exchange *x, const char *node,
                void (*then)(struct exchange *x, const struct ew_detail *detail));

#endif
