/* A node's ports, values and how it is wired, asked of the engine when somebody looks. */
#ifndef HAYLOFT_WEB_DETAIL_H
#define HAYLOFT_WEB_DETAIL_H

#include "poller/message/web_engine.h"
#include "web/exchange.h"

/* Called once; both are valid during the call and NULL when nobody answered. */
typedef void (*detail_fn)(struct exchange *x, const struct ew_detail *detail, const struct ew_tables *tables);

void detail_ask(struct exchange *x, const char *node, detail_fn then);

#endif
