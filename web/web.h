/* What the front end is made of, for the handlers. */
#ifndef HAYLOFT_WEB_WEB_H
#define HAYLOFT_WEB_WEB_H

#include "poller/config/config.h"
#include "web/backend.h"
#include "web/exchange.h"

struct makers;
struct server;
struct sessions;
struct streams;

struct web {
    struct backend *backend;
    struct sessions *sessions;
    struct streams *streams;
    struct makers *makers;       /* of network cards; NULL: their table is not installed */
    struct server *server;       /* NULL while nothing is served */
    const struct config *config; /* the adopted generation; NULL before the first */
    char own_name[256];          /* of this machine */
    bool secure;                 /* served over TLS */
    uint64_t requests, refused;  /* counted for /metrics */
    struct mono intruder_told;   /* when the log last spoke of a wrong token; ns 0: never */
};

#endif
