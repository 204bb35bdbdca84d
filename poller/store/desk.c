#include <stdlib.h>
#include "poller/base/log.h"
#include "poller/store/store_internal.h"
struct desk { struct store *store; };
struct desk *desk_create(struct store *s) { struct desk *d = calloc(1, sizeof *d); d->store = s; return d; }
void desk_destroy(struct desk *d) { free(d); }
void desk_peer(struct desk *d, int fd) { close(fd); }
