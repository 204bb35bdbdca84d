#include "collectors/snmp/wiring_tables.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define TPLINK "1.3.6.1.4.1.11863"
#define TEXT_COLUMNS_MAX GRID_COLUMNS_MAX

/* Columns as in the enums below them, for who reads them. */
static const char *const columns[WIRING_TABLES][TEXT_COLUMNS_MAX] = {
    [WIRING_BRIDGE] = {"1.3.6.1.2.1.17.1.1", "1.3.6.1.2.1.17.2.4", "1.3.6.1.2.1.17.4.2"},
    [WIRING_BASE_PORTS] = {"1.3.6.1.2.1.17.1.4.1.2"},
    [WIRING_STP_PORTS] = {"1.3.6.1.2.1.17.2.15.1.3"},
    [WIRING_PVIDS] = {"1.3.6.1.2.1.17.7.1.4.5.1.1"},
    [WIRING_VLANS_NOW] = {"1.3.6.1.2.1.17.7.1.4.2.1.3", "1.3.6.1.2.1.17.7.1.4.2.1.4",
                          "1.3.6.1.2.1.17.7.1.4.2.1.5"},
    [WIRING_VLANS_SET] = {"1.3.6.1.2.1.17.7.1.4.3.1.1", "1.3.6.1.2.1.17.7.1.4.3.1.2",
                          "1.3.6.1.2.1.17.7.1.4.3.1.4"},
    [WIRING_VLANS_IEEE] = {"1.3.111.2.802.1.1.4.1.4.3.1.3", "1.3.111.2.802.1.1.4.1.4.3.1.4",
                           "1.3.111.2.802.1.1.4.1.4.3.1.6"},
    [WIRING_VLANS_TPLINK] = {TPLINK ".6.14.1.2.1.1.2", TPLINK ".6.14.1.2.1.1.3", TPLINK ".6.14.1.2.1.1.4"},
    [WIRING_FDB_BY_VLAN] = {"1.3.6.1.2.1.17.7.1.2.2.1.2", "1.3.6.1.2.1.17.7.1.2.2.1.3"},
    [WIRING_FDB] = {"1.3.6.1.2.1.17.4.3.1.2", "1.3.6.1.2.1.17.4.3.1.3", "1.3.6.1.2.1.17.4.3.1.1"},
    [WIRING_LLDP_PORTS] = {"1.0.8802.1.1.2.1.3.7.1.2", "1.0.8802.1.1.2.1.3.7.1.3"},
    [WIRING_LLDP] = {"1.0.8802.1.1.2.1.4.1.1.4", "1.0.8802.1.1.2.1.4.1.1.5", "1.0.8802.1.1.2.1.4.1.1.6",
                     "1.0.8802.1.1.2.1.4.1.1.7", "1.0.8802.1.1.2.1.4.1.1.8", "1.0.8802.1.1.2.1.4.1.1.9",
                     "1.0.8802.1.1.2.1.4.1.1.10"},
    [WIRING_LLDP_TPLINK] = {TPLINK ".6.35.1.2.2.1.4", TPLINK ".6.35.1.2.2.1.6", TPLINK ".6.35.1.2.2.1.8",
                            TPLINK ".6.35.1.2.2.1.9", TPLINK ".6.35.1.2.2.1.10"},
    [WIRING_POE_PORTS] = {"1.3.6.1.2.1.105.1.1.1.3", "1.3.6.1.2.1.105.1.1.1.6", "1.3.6.1.2.1.105.1.1.1.10"},
    [WIRING_NEIGHBOURS] = {"1.3.6.1.2.1.4.35.1.4"},
    [WIRING_NEIGHBOURS_OLD] = {"1.3.6.1.2.1.4.22.1.2"},
};

struct encoded {
    struct snmp_oid oids[GRID_COLUMNS_MAX];
    unsigned count;
};

static const struct encoded *encoded_of(enum wiring_table t)
{
    static struct encoded all[WIRING_TABLES];
    struct encoded *e = &all[t];
    for (; !e->count || (e->count < GRID_COLUMNS_MAX && columns[t][e->count]); e->count++) {
        bool fine = snmp_oid_parse(columns[t][e->count], &e->oids[e->count]);
        assert(fine);
        (void)fine;
    }
    return e;
}

unsigned wiring_columns(enum wiring_table t, struct snmp_oid_view out[static GRID_COLUMNS_MAX])
{
    const struct encoded *e = encoded_of(t);
    for (unsigned i = 0; i < e->count; i++)
        out[i] = snmp_oid_view(&e->oids[i]);
    return e->count;
}

enum wiring_list wiring_list_of(enum wiring_table t)
{
    static const enum wiring_list lists[WIRING_TABLES] = {
        [WIRING_BRIDGE] = WIRING_LIST_STP,          [WIRING_BASE_PORTS] = WIRING_LIST_STP,
        [WIRING_STP_PORTS] = WIRING_LIST_STP,       [WIRING_PVIDS] = WIRING_LIST_STP,
        [WIRING_VLANS_NOW] = WIRING_LIST_VLANS,     [WIRING_VLANS_SET] = WIRING_LIST_VLANS,
        [WIRING_VLANS_IEEE] = WIRING_LIST_VLANS,    [WIRING_VLANS_TPLINK] = WIRING_LIST_VLANS,
        [WIRING_FDB_BY_VLAN] = WIRING_LIST_FDB,     [WIRING_FDB] = WIRING_LIST_FDB,
        [WIRING_LLDP] = WIRING_LIST_NEIGHBOURS,     [WIRING_LLDP_PORTS] = WIRING_LIST_NEIGHBOURS,
        [WIRING_LLDP_TPLINK] = WIRING_LIST_NEIGHBOURS,
        [WIRING_POE_PORTS] = WIRING_LIST_POE,       [WIRING_NEIGHBOURS] = WIRING_LIST_ARP,
        [WIRING_NEIGHBOURS_OLD] = WIRING_LIST_ARP};
    return lists[t];
}

/* A device has a neighbour or two on a port. */
size_t wiring_rows_max(enum wiring_table t)
{
    return wiring_list_of(t) == WIRING_LIST_NEIGHBOURS ? WIRING_NEIGHBOURS_MAX : WIRING_ROWS_MAX;
}

struct wiring_draft *wiring_draft_create(void)
{
    struct wiring_draft *d = calloc(1, sizeof *d);
    if (!d || !(d->arena = arena_create(0))) {
        free(d);
        return NULL;
    }
    for (int t = 0; t < WIRING_TABLES; t++)
        grid_init(&d->grids[t], d->arena, wiring_rows_max((enum wiring_table)t));
    return d;
}

void wiring_draft_destroy(struct wiring_draft *d)
{
    if (!d)
        return;
    for (int t = 0; t < WIRING_TABLES; t++)
        grid_fini(&d->grids[t]);
    arena_destroy(d->arena);
    free(d);
}

/* RouterOS has a few addresses here, all under number 0, and all of them in the other table. */
static bool tells_vlans(const struct grid *addresses)
{
    for (size_t i = 0; i < addresses->count; i++) {
        struct snmp_oid_view index = addresses->rows[i].index;
        uint32_t number;
        if (snmp_oid_take(&index, &number) && number)
            return true;
    }
    return false;
}

bool wiring_wanted(const struct wiring_draft *d, enum wiring_table t, const char *object_id)
{
    const struct grid *g = d->grids;
    switch (t) {
    case WIRING_VLANS_IEEE:
        return !g[WIRING_VLANS_NOW].count && !g[WIRING_VLANS_SET].count;
    case WIRING_FDB:
        return !tells_vlans(&g[WIRING_FDB_BY_VLAN]);
    case WIRING_NEIGHBOURS_OLD:
        return !g[WIRING_NEIGHBOURS].count;
    case WIRING_LLDP_PORTS:
        return g[WIRING_LLDP].count;
    case WIRING_STP_PORTS:
    case WIRING_PVIDS:
        return g[WIRING_BASE_PORTS].count || g[WIRING_BRIDGE].count;
    case WIRING_VLANS_TPLINK:
    case WIRING_LLDP_TPLINK:
        return object_id && strncmp(object_id, TPLINK ".", sizeof TPLINK) == 0;
    default:
        return true;
    }
}
