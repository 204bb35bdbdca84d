/* An exchange's reply as HTTP: status, the headers every answer carries, compression. */
#ifndef HAYLOFT_WEB_RESPONSE_H
#define HAYLOFT_WEB_RESPONSE_H

#include <microhttpd.h>

#include "web/exchange.h"

enum MHD_Result response_send(struct exchange *x);

#endif
