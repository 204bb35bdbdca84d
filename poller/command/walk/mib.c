#include "poller/command/walk/mib.h"

#include <stdio.h>
#include <stdlib.h>

#include <net-snmp/net-snmp-config.h>
#include <net-snmp/types.h>
#include <net-snmp/library/default_store.h>
#include <net-snmp/library/mib.h>
#include <net-snmp/library/parse.h>
#include <net-snmp/library/snmp_logging.h>
#include <net-snmp/mib_api.h>

#include "poller/base/late.h"

static struct {
    __typeof__(netsnmp_register_loghandler) *netsnmp_register_loghandler;
    __typeof__(netsnmp_ds_set_boolean) *netsnmp_ds_set_boolean;
    __typeof__(netsnmp_init_mib) *netsnmp_init_mib;
    __typeof__(find_module) *find_module;
    __typeof__(get_tree_head) *get_tree_head;
    __typeof__(snmp_parse_oid) *snmp_parse_oid;
} lib;
static bool loaded;

static bool load_library(void)
{
    static const struct late_symbol symbols[] = {LATE(lib, netsnmp_register_loghandler),
                                                 LATE(lib, netsnmp_ds_set_boolean),
                                                 LATE(lib, netsnmp_init_mib),
                                                 LATE(lib, find_module),
                                                 LATE(lib, get_tree_head),
                                                 LATE(lib, snmp_parse_oid),
                                                 {NULL, NULL}};
    return late_load(NETSNMP_SONAME, symbols);
}

/* The library prints where no handler is registered, and looks at variables of everyday names. */
void mib_load(void)
{
    static const char *const not_meant_for_us[] = {"PREFIX", "SUFFIX", "MIBFILES"};
    if (loaded || !load_library())
        return;
    loaded = true;
    lib.netsnmp_register_loghandler(NETSNMP_LOGHANDLER_NONE, LOG_DEBUG);
    lib.netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_MIB_ERRORS, 0);
    lib.netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_PERSIST_STATE, 1);
    for (size_t i = 0; i < sizeof not_meant_for_us / sizeof not_meant_for_us[0]; i++)
        unsetenv(not_meant_for_us[i]);
    setenv("MIBS", "ALL", 0);
    lib.netsnmp_init_mib();
}

static const struct tree *child_of(const struct tree *first, uint32_t number)
{
    for (const struct tree *t = first; t; t = t->next_peer)
        if (t->subid == number)
            return t;
    return NULL;
}

static enum mib_syntax syntax_of(int type)
{
    switch (type) {
    case TYPE_INTEGER:
    case TYPE_INTEGER32:
    case TYPE_UINTEGER:
    case TYPE_UNSIGNED32:
        return MIB_INTEGER;
    case TYPE_OCTETSTR:
        return MIB_OCTETS;
    case TYPE_BITSTRING:
        return MIB_BITS;
    default:
        return MIB_OTHER;
    }
}

static void describe(const struct tree *t, size_t index_at, struct mib_object *out)
{
    const struct module *m = lib.find_module(t->modid);
    *out = (struct mib_object){.module = m ? m->name : NULL,
                               .label = t->label,
                               .hint = t->hint,
                               .units = t->units,
                               .syntax = syntax_of(t->type),
                               .words = t->enums,
                               .index_at = index_at};
}

bool mib_find(const uint32_t *numbers, size_t count, struct mib_object *out)
{
    const struct tree *level = loaded ? lib.get_tree_head() : NULL;
    bool found = false;
    for (size_t i = 0; i < count && level; i++) {
        const struct tree *t = child_of(level, numbers[i]);
        if (t && t->type != TYPE_OTHER && t->label) {
            describe(t, i + 1, out);
            found = true;
        }
        level = t ? t->child_list : NULL;
    }
    return found;
}

const char *mib_word(const struct mib_object *o, int64_t value)
{
    for (const struct enum_list *e = o->words; e; e = e->next)
        if (e->value == value)
            return e->label;
    return NULL;
}

bool mib_parse(const char *text, uint32_t *numbers, size_t *count)
{
    oid found[MAX_OID_LEN];
    size_t len = MAX_OID_LEN;
    if (!loaded || !lib.snmp_parse_oid(text, found, &len) || len < 2 || len > *count)
        return false;
    for (size_t i = 0; i < len; i++)
        numbers[i] = (uint32_t)found[i];
    *count = len;
    return true;
}
