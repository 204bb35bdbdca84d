/* Whole Ethernet frames and Wi-Fi networks for checks: wire captures, sends and joins; the engine never waits. */
#include <stdlib.h>

#include "poller/base/log.h"
#include "poller/engine/shell.h"
#include "poller/message/wire_link.h"

struct shell_wire {
    struct shell *shell;
    struct wire_link *link;
};

static void want(void *ctx)
{
    struct shell_wire *w = ctx;
    role_want(w->shell->role, ROLE_WIRE);
}

struct shell_wire *shell_wire_create(struct shell *s)
{
    struct shell_wire *w = calloc(1, sizeof *w);
    if (w)
        w->link = wire_link_create(s->loop, want, w);
    if (!w || !w->link)
        fatal("no memory for the link to wire");
    w->shell = s;
    return w;
}

void shell_wire_connect(struct shell_wire *w, int fd)
{
    wire_link_connect(w->link, fd);
}

const struct ether *shell_wire_door(const struct shell_wire *w)
{
    return wire_link_door(w->link);
}

const struct wifi *shell_wire_wifi(const struct shell_wire *w)
{
    return wire_link_wifi(w->link);
}

void shell_wire_destroy(struct shell_wire *w)
{
    if (!w)
        return;
    wire_link_destroy(w->link);
    free(w);
}
