#include "poller/diagnose/settle.h"

#define NAMES_SHOWN 4

enum settlement settle(const struct settle_node *nodes, size_t count)
{
    size_t restarted = 0;
    const struct settle_node *end = NULL;
    for (size_t i = 0; i < count; i++) {
        restarted += nodes[i].restarted;
        if (nodes[i].link_end)
            end = &nodes[i];
    }
    if (!count)
        return SETTLEMENT_OPEN;
    if (!restarted)
        return end ? SETTLEMENT_LINK : SETTLEMENT_NOT_POWER;
    if (end && end->restarted && restarted == 1)
        return count == 1 ? SETTLEMENT_UNIT_OR_POWER : SETTLEMENT_UNIT;
    return restarted == count ? SETTLEMENT_POWER : SETTLEMENT_PART;
}

static void put_names(const struct settle_node *nodes, size_t count, bool restarted,
                      struct buf *out)
{
    size_t shown = 0, all = 0;
    for (size_t i = 0; i < count; i++) {
        if (nodes[i].restarted != restarted)
            continue;
        if (all++ < NAMES_SHOWN)
            buf_printf(out, "%s%s", shown++ ? ", " : "", nodes[i].name);
    }
    if (all > shown)
        buf_printf(out, " and %zu more", all - shown);
}

void settle_render(enum settlement s, const struct settle_node *nodes, size_t count, bool bridge,
                   struct buf *out)
{
    static const char *const ends[] = {
        [SETTLEMENT_POWER] = " restarted meanwhile: the power was gone there",
        [SETTLEMENT_LINK] = " ran all the time: it was the ",
        [SETTLEMENT_NOT_POWER] = " ran all the time: the power was not gone there",
        [SETTLEMENT_UNIT] = " restarted meanwhile: it was that unit or what feeds it, as its injector",
        [SETTLEMENT_UNIT_OR_POWER] = " restarted meanwhile: the power there, that unit or its injector",
        [SETTLEMENT_PART] = " restarted meanwhile: the power was gone in a part of the place",
    };
    if (s == SETTLEMENT_OPEN)
        return;
    bool ran = s == SETTLEMENT_LINK || s == SETTLEMENT_NOT_POWER;
    put_names(nodes, count, !ran, out);
    buf_text(out, ends[s]);
    if (s == SETTLEMENT_LINK)
        buf_text(out, bridge ? "radio link" : "cable");
    if (s == SETTLEMENT_UNIT || s == SETTLEMENT_PART) {
        buf_text(out, "; ");
        put_names(nodes, count, false, out);
        buf_text(out, " ran on");
    }
}
