/* Who may report: the vantages of the configuration, each by its token. */
#ifndef HAYLOFT_WEB_VANTAGE_H
#define HAYLOFT_WEB_VANTAGE_H

#include "web/exchange.h"

/* The vantage the path names has shown its token. */
bool vantage_is_proved(const struct exchange *x);
/* It has not: the same answer whether there is such a vantage or not. */
void vantage_refuse(struct exchange *x);

#endif
