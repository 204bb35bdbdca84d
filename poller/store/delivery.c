#include <stdlib.h>
#include "poller/base/log.h"
#include "poller/store/store_internal.h"
struct delivery { struct store *store; };
struct delivery *delivery_create(struct store *s) { struct delivery *d = calloc(1, sizeof *d); d->store = s; return d; }
void delivery_destroy(struct delivery *d) { free(d); }
void delivery_peer(struct delivery *d, int fd) { close(fd); }
void delivery_kick(struct delivery *d) { (void)d; }
