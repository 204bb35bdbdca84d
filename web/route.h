/* From request to handler: one table. */
#ifndef HAYLOFT_WEB_ROUTE_H
#define HAYLOFT_WEB_ROUTE_H

#include "web/exchange.h"

/* How long the body may be, by who sends it where: known from the headers. */
size_t route_body_max(const struct exchange *x);
/* Checks host, method and visitor, then hands over. Ends in a reply, now or later. */
void route_take(struct exchange *x);

#endif
