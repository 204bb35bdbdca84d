#include "poller/command/walk/column.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* The first that fits counts: what is special stands before what holds it. */
static const struct {
    const char *oid;
    enum column_kind kind;
} known[] = {
    {"1.3.6.1.2.1.1.1", COLUMN_DESCRIBED},
    {"1.3.6.1.2.1.1.2", COLUMN_PUBLIC},
    {"1.3.6.1.2.1.1.4", COLUMN_CONTACT},
    {"1.3.6.1.2.1.1.5", COLUMN_HOST},
    {"1.3.6.1.2.1.1.6", COLUMN_TEXT},          /* sysLocation */
    {"1.3.6.1.2.1.1.9", COLUMN_PUBLIC},        /* sysORTable */
    {"1.3.6.1.2.1.2.2.1.2", COLUMN_PORT_NAME}, /* ifDescr */
    {"1.3.6.1.2.1.2.2.1.6", COLUMN_MAC},       /* ifPhysAddress */
    {"1.3.6.1.2.1.3.1.1.2", COLUMN_MAC},       /* atPhysAddress */
    {"1.3.6.1.2.1.4.22.1.2", COLUMN_MAC},      /* ipNetToMediaPhysAddress */
    {"1.3.6.1.2.1.4.35.1.4", COLUMN_MAC},      /* ipNetToPhysicalPhysAddress */
    {"1.3.6.1.2.1.6.13", COLUMN_DROPPED},      /* who is connected to whom: tcpConnTable */
    {"1.3.6.1.2.1.6.19", COLUMN_DROPPED},
    {"1.3.6.1.2.1.6.20", COLUMN_DROPPED},
    {"1.3.6.1.2.1.7.5", COLUMN_DROPPED}, /* udpTable */
    {"1.3.6.1.2.1.7.7", COLUMN_DROPPED},
    {"1.3.6.1.2.1.17.1.1", COLUMN_MAC},       /* dot1dBaseBridgeAddress */
    {"1.3.6.1.2.1.17.2.5", COLUMN_BRIDGE_ID}, /* dot1dStpDesignatedRoot */
    {"1.3.6.1.2.1.17.2.15.1.6", COLUMN_BRIDGE_ID},
    {"1.3.6.1.2.1.17.2.15.1.8", COLUMN_BRIDGE_ID},
    {"1.3.6.1.2.1.17.4.3.1.1", COLUMN_MAC},        /* dot1dTpFdbAddress */
    {"1.3.6.1.2.1.17.7.1.2.2.1.1", COLUMN_MAC},    /* dot1qTpFdbAddress */
    {"1.3.6.1.2.1.17.7.1.4.3.1.1", COLUMN_REMARK}, /* dot1qVlanStaticName */
    {"1.3.6.1.2.1.17.7", COLUMN_BITS},             /* port lists of VLANs and groups */
    {"1.3.6.1.2.1.17.5", COLUMN_BITS},
    {"1.3.6.1.2.1.17.6", COLUMN_BITS},
    {"1.3.6.1.2.1.25.3.8.1.3", COLUMN_TEXT},   /* hrFSRemoteMountPoint */
    {"1.3.6.1.2.1.25.3.2.1.3", COLUMN_PUBLIC}, /* hrDeviceDescr */
    {"1.3.6.1.2.1.25.1.4", COLUMN_DROPPED},    /* how the system was started */
    {"1.3.6.1.2.1.25.4", COLUMN_DROPPED},      /* programs that run, with their arguments */
    {"1.3.6.1.2.1.25.5", COLUMN_DROPPED},
    {"1.3.6.1.2.1.25.6", COLUMN_DROPPED},         /* programs that are installed */
    {"1.3.6.1.2.1.31.1.1.1.1", COLUMN_PORT_NAME}, /* ifName */
    {"1.3.6.1.2.1.31.1.1.1.18", COLUMN_REMARK},   /* ifAlias */
    {"1.3.6.1.2.1.31.1.4", COLUMN_MAC},           /* ifRcvAddressTable */
    {"1.3.6.1.2.1.33.1.1.5", COLUMN_HOST},        /* upsIdentName */
    {"1.3.6.1.2.1.33.1.1.6", COLUMN_REMARK},      /* upsIdentAttachedDevices */
    {"1.3.6.1.2.1.43.5.1.1.4", COLUMN_CONTACT},   /* prtGeneralCurrentOperator */
    {"1.3.6.1.2.1.43.5.1.1.5", COLUMN_CONTACT},   /* prtGeneralServicePerson */
    {"1.3.6.1.2.1.43.5.1.1.16", COLUMN_REMARK},   /* prtGeneralPrinterName, or the model */
    {"1.3.6.1.2.1.43.5.1.1.17", COLUMN_TEXT},     /* prtGeneralSerialNumber */
    {"1.3.6.1.2.1.47.1.1.1.1.2", COLUMN_PUBLIC},  /* entPhysicalDescr */
    {"1.3.6.1.2.1.47.1.1.1.1.11", COLUMN_TEXT},   /* entPhysicalSerialNum */
    {"1.3.6.1.2.1.47.1.1.1.1.12", COLUMN_PUBLIC},
    {"1.3.6.1.2.1.47.1.1.1.1.13", COLUMN_PUBLIC}, /* entPhysicalModelName */
    {"1.3.6.1.2.1.47.1.1.1.1.14", COLUMN_TEXT},   /* entPhysicalAlias */
    {"1.3.6.1.2.1.47.1.1.1.1.15", COLUMN_TEXT},   /* entPhysicalAssetID */
    {"1.3.6.1.2.1.47.1.1.1.1.18", COLUMN_TEXT},   /* entPhysicalUris */
    {"1.3.6.1.2.1.47.1.1.1.1.19", COLUMN_TEXT},   /* entPhysicalUUID */
    {"1.3.6.1.2.1.47.1.2", COLUMN_DROPPED},       /* entLogicalTable: communities */
    {"1.3.6.1.2.1.92", COLUMN_DROPPED},           /* notification log */
    {"1.3.6.1.2.1.99.1.1.1.6", COLUMN_PUBLIC},    /* entPhySensorUnitsDisplay */
    {"1.3.6.1.6.3", COLUMN_DROPPED},              /* users, communities, views, who gets traps */
    {"1.0.8802.1.1.2.1.3.2", COLUMN_CHASSIS},     /* lldpLocChassisId */
    {"1.0.8802.1.1.2.1.3.3", COLUMN_HOST},
    {"1.0.8802.1.1.2.1.3.4", COLUMN_DESCRIBED},
    {"1.0.8802.1.1.2.1.3.7.1.3", COLUMN_CHASSIS}, /* lldpLocPortId */
    {"1.0.8802.1.1.2.1.3.7.1.4", COLUMN_REMARK},
    {"1.0.8802.1.1.2.1.4.1.1.5", COLUMN_CHASSIS}, /* lldpRemChassisId */
    {"1.0.8802.1.1.2.1.4.1.1.7", COLUMN_CHASSIS}, /* lldpRemPortId */
    {"1.0.8802.1.1.2.1.4.1.1.8", COLUMN_REMARK},
    {"1.0.8802.1.1.2.1.4.1.1.9", COLUMN_HOST},
    {"1.0.8802.1.1.2.1.4.1.1.10", COLUMN_DESCRIBED},
    {"1.0.8802.1.1.2.1.5.4795.1.2.5",
     COLUMN_TEXT}, /* LLDP-MED: serial numbers, asset ids, where it stands */
    {"1.0.8802.1.1.2.1.5.4795.1.2.8", COLUMN_TEXT},
    {"1.0.8802.1.1.2.1.5.4795.1.3.1", COLUMN_TEXT},
    {"1.0.8802.1.1.2.1.5.4795.1.3.3.1.5", COLUMN_TEXT},
    {"1.0.8802.1.1.2.1.5.4795.1.3.3.1.8", COLUMN_TEXT},
    {"1.0.8802.1.1.2.1.5.4795.1.3.4", COLUMN_TEXT},
    {"1.2.840.10036.1.1.1.1", COLUMN_MAC},  /* dot11StationID */
    {"1.2.840.10036.1.1.1.9", COLUMN_TEXT}, /* dot11DesiredSSID */
    {"1.2.840.10036.1.2", COLUMN_DROPPED},  /* dot11AuthenticationAlgorithms, WEP keys */
    {"1.2.840.10036.1.3", COLUMN_DROPPED},
    {"1.2.840.10036.2.1.1.1", COLUMN_MAC},            /* dot11MACAddress */
    {"1.3.6.1.4.1.8072.1.3.2.2.1.2", COLUMN_DROPPED}, /* nsExtend: commands, arguments, input */
    {"1.3.6.1.4.1.8072.1.3.2.2.1.3", COLUMN_DROPPED},
    {"1.3.6.1.4.1.8072.1.3.2.2.1.4", COLUMN_DROPPED},
    {"1.3.6.1.4.1.8072.1.2", COLUMN_DROPPED},   /* nsModuleTable: what the agent is made of */
    {"1.3.6.1.4.1.8072.1.9", COLUMN_DROPPED},   /* NET-SNMP-VACM-MIB */
    {"1.3.6.1.4.1.2021.8.1.3", COLUMN_DROPPED}, /* extCommand */
    {"1.3.6.1.4.1.2021.8.1.102", COLUMN_DROPPED},
    {"1.3.6.1.4.1.9.9.23.1.2.1.1.4", COLUMN_ADDRESS}, /* CDP */
    {"1.3.6.1.4.1.9.9.23.1.2.1.1.5", COLUMN_PUBLIC},
    {"1.3.6.1.4.1.9.9.23.1.2.1.1.6", COLUMN_HOST},
    {"1.3.6.1.4.1.9.9.23.1.2.1.1.8", COLUMN_PUBLIC},
    {"1.3.6.1.4.1.9.9.23.1.2.1.1.17", COLUMN_HOST},
    {"1.3.6.1.4.1.9.9.23.1.3.4", COLUMN_HOST}, /* cdpGlobalDeviceId */
    {"1.3.6.1.4.1.14823.2.3.3.1.1.2", COLUMN_HOST},
    {"1.3.6.1.4.1.14823.2.3.3.1.2.1.1.2", COLUMN_HOST}, /* Aruba Instant: its access points */
    {"1.3.6.1.4.1.14823.2.3.3.1.2.1.1.4", COLUMN_TEXT},
    {"1.3.6.1.4.1.14823.2.3.3.1.2.4", COLUMN_DROPPED}, /* and who uses them */
    {"1.3.6.1.4.1.14988.1.1.1.1.1.5", COLUMN_TEXT},    /* RouterOS: SSIDs */
    {"1.3.6.1.4.1.14988.1.1.1.1.1.6", COLUMN_MAC},
    {"1.3.6.1.4.1.14988.1.1.1.2.1.1", COLUMN_MAC},
    {"1.3.6.1.4.1.14988.1.1.1.3.1.4", COLUMN_TEXT},
    {"1.3.6.1.4.1.14988.1.1.1.3.1.5", COLUMN_MAC},
    {"1.3.6.1.4.1.14988.1.1.1.8.1.3", COLUMN_TEXT}, /* the same of 60 GHz */
    {"1.3.6.1.4.1.14988.1.1.1.8.1.5", COLUMN_MAC},
    {"1.3.6.1.4.1.14988.1.1.1.9.1.3", COLUMN_MAC},
    {"1.3.6.1.4.1.14988.1.1.4.1", COLUMN_TEXT},         /* software id of the licence */
    {"1.3.6.1.4.1.14988.1.1.5", COLUMN_DROPPED},        /* hotspot users */
    {"1.3.6.1.4.1.14988.1.1.2", COLUMN_DROPPED},        /* queues, named by customers */
    {"1.3.6.1.4.1.14988.1.1.7.3", COLUMN_TEXT},         /* serial number */
    {"1.3.6.1.4.1.14988.1.1.8", COLUMN_DROPPED},        /* scripts */
    {"1.3.6.1.4.1.14988.1.1.11.1.1.2", COLUMN_ADDRESS}, /* neighbours */
    {"1.3.6.1.4.1.14988.1.1.11.1.1.3", COLUMN_MAC},
    {"1.3.6.1.4.1.14988.1.1.11.1.1.6", COLUMN_HOST},
    {"1.3.6.1.4.1.14988.1.1.11.1.1.7", COLUMN_TEXT},
    {"1.3.6.1.4.1.14988.1.1.12", COLUMN_PLACE}, /* GPS */
    {"1.3.6.1.4.1.14988.1.1.14.1.1.2", COLUMN_PORT_NAME},
    {"1.3.6.1.4.1.14988.1.1.16.1.1.13", COLUMN_TEXT}, /* LTE: IMEI, subscriber, card */
    {"1.3.6.1.4.1.14988.1.1.16.1.1.11", COLUMN_TEXT},
    {"1.3.6.1.4.1.14988.1.1.16.1.1.12", COLUMN_TEXT},
    {"1.3.6.1.4.1.41112.1.4.5.1.2", COLUMN_TEXT}, /* Ubiquiti: SSID, access point */
    {"1.3.6.1.4.1.41112.1.4.5.1.4", COLUMN_MAC},
    {"1.3.6.1.4.1.41112.1.4.7.1.1", COLUMN_MAC},
    {"1.3.6.1.4.1.41112.1.4.7.1.2", COLUMN_HOST},
    {"1.3.6.1.4.1.41112.1.4.7.1.10", COLUMN_ADDRESS},
    {"1.3.6.1.4.1.41112.1.6.1.2.1.2", COLUMN_MAC},
    {"1.3.6.1.4.1.41112.1.6.1.2.1.6", COLUMN_TEXT},
    {"1.3.6.1.4.1.41112.1.6.2.1.1.2", COLUMN_ADDRESS},
    {"1.3.6.1.4.1.41112.1.6.2.1.1.4", COLUMN_MAC},
    {"1.3.6.1.4.1.41112.1.3.2.1.2", COLUMN_REMARK},   /* airFiber: name of the link */
    {"1.3.6.1.4.1.25053.1.1.2.1.1.1.2", COLUMN_TEXT}, /* Ruckus, HP, Cisco: serial numbers */
    {"1.3.6.1.4.1.11.2.36.1.1.2.9", COLUMN_TEXT},
    {"1.3.6.1.4.1.9.6.1.101.53.14.1.5", COLUMN_TEXT},
    {"1.3.6.1.4.1.17713.21.1.2.30.1.18", COLUMN_HOST}, /* its subscribers */
    {"1.3.6.1.4.1.17713.21.1.1.18", COLUMN_PLACE},     /* ePMP */
    {"1.3.6.1.4.1.17713.21.1.1.19", COLUMN_PLACE},
    {"1.3.6.1.4.1.161.19.3.3.2.88", COLUMN_PLACE}, /* Canopy: latitude, longitude, height */
    {"1.3.6.1.4.1.161.19.3.3.2.89", COLUMN_PLACE},
    {"1.3.6.1.4.1.161.19.3.3.2.90", COLUMN_PLACE},
    {"1.3.6.1.4.1.318.1.1.1.1.1.2", COLUMN_HOST}, /* APC: upsBasicIdentName */
    {"1.3.6.1.4.1.318.1.1.1.1.2.3", COLUMN_TEXT},
    {"1.3.6.1.4.1.318.2.3.3", COLUMN_HOST},
    {"1.3.6.1.4.1.318.1.4.2.2.1.3", COLUMN_TEXT}, /* serial number of the card */
};

static const struct {
    const char *oid, *parts;
} tables[] = {
    {"1.3.6.1.2.1.3.1.1", "iia"},
    {"1.3.6.1.2.1.4.20.1", "a"},
    {"1.3.6.1.2.1.4.21.1", "a"},
    {"1.3.6.1.2.1.4.22.1", "ia"},
    {"1.3.6.1.2.1.4.24.2.1", "aiia"},
    {"1.3.6.1.2.1.4.24.4.1", "akia"},
    {"1.3.6.1.2.1.4.24.7.1", "tipt"},
    {"1.3.6.1.2.1.4.32.1", "it"},
    {"1.3.6.1.2.1.4.34.1", "t"},
    {"1.3.6.1.2.1.4.35.1", "it"},
    {"1.3.6.1.2.1.4.37.1", "t"},
    {"1.3.6.1.2.1.14.10.1", "ai"}, /* OSPF neighbours */
    {"1.3.6.1.2.1.14.7.1", "ai"},
    {"1.3.6.1.2.1.15.3.1", "a"}, /* BGP peers */
    {"1.3.6.1.2.1.17.4.3.1", "m"},
    {"1.3.6.1.2.1.17.5.1.1", "mi"},
    {"1.3.6.1.2.1.17.7.1.2.2.1", "im"},
    {"1.3.6.1.2.1.17.7.1.2.3.1", "im"},
    {"1.3.6.1.2.1.17.7.1.3.1.1", "imi"},
    {"1.3.6.1.2.1.31.1.4.1", "ip"}, /* ifRcvAddressTable: a MAC behind its length */
    {"1.3.6.1.2.1.55.1.8.1", "ix"},
    {"1.3.6.1.2.1.55.1.12.1", "ix"},
    {"1.0.8802.1.1.2.1.3.8.1", "t"},
    {"1.0.8802.1.1.2.1.4.2.1", "iiit"},
    {"1.3.111.2.802.1.1.4.1.2.2.1", "iim"},
    {"1.3.6.1.4.1.14988.1.1.1.2.1", "mi"},
    {"1.3.6.1.4.1.41112.1.4.7.1", "im"},
};

struct column {
    struct snmp_oid oid;
    enum column_kind kind;
    const char *parts; /* of tables */
};

struct columns {
    struct column *items; /* tables, then kinds: the standing ones, then those of profiles */
    size_t count, capacity, tables;
};

static bool add(struct columns *c, const char *oid, enum column_kind kind, const char *parts)
{
    if (c->count == c->capacity) {
        size_t capacity = c->capacity ? c->capacity * 2 : 256;
        struct column *items = realloc(c->items, capacity * sizeof *items);
        if (!items)
            return false;
        c->items = items;
        c->capacity = capacity;
    }
    c->items[c->count] = (struct column){.kind = kind, .parts = parts};
    c->count += snmp_oid_parse(oid, &c->items[c->count].oid);
    return true;
}

struct columns *columns_create(void)
{
    struct columns *c = calloc(1, sizeof *c);
    bool fine = c != NULL;
    for (size_t i = 0; fine && i < sizeof tables / sizeof tables[0]; i++)
        fine = add(c, tables[i].oid, COLUMN_UNKNOWN, tables[i].parts);
    if (fine)
        c->tables = c->count;
    for (size_t i = 0; fine && i < sizeof known / sizeof known[0]; i++)
        fine = add(c, known[i].oid, known[i].kind, NULL);
    if (fine)
        return c;
    columns_destroy(c);
    return NULL;
}

void columns_destroy(struct columns *c)
{
    if (!c)
        return;
    free(c->items);
    free(c);
}

static bool know_texts(struct columns *c, const struct profile_text *texts, size_t count,
                       enum column_kind kind)
{
    for (size_t i = 0; i < count; i++)
        if (texts[i].of == PROFILE_OF_OID && texts[i].oid && !add(c, texts[i].oid, kind, NULL))
            return false;
    return true;
}

static bool know_reading(struct columns *c, const struct profile_reading *r)
{
    for (size_t i = 0; i < r->with_count; i++) {
        bool ssid = strstr(r->with[i].name, "ssid") != NULL;
        if (!add(c, r->with[i].oid, ssid ? COLUMN_TEXT : COLUMN_READ, NULL))
            return false;
    }
    return !r->oid || add(c, r->oid, COLUMN_READ, NULL);
}

static bool know_match(struct columns *c, const struct profile_match *m)
{
    for (size_t i = 0; i < m->has_count; i++)
        if (m->has[i].like && !add(c, m->has[i].oid, COLUMN_READ, NULL))
            return false;
    return true;
}

bool columns_know(struct columns *c, const struct profile_set *profiles)
{
    for (size_t i = 0; i < profiles->profiles_count; i++) {
        const struct profile *p = &profiles->profiles[i];
        if (!know_texts(c, p->serial, p->serial_count, COLUMN_TEXT) ||
            !know_texts(c, p->model, p->model_count, COLUMN_PUBLIC) ||
            !know_texts(c, p->version, p->version_count, COLUMN_PUBLIC))
            return false;
        for (size_t r = 0; r < p->readings_count; r++)
            if (!know_reading(c, &p->readings[r]))
                return false;
        for (size_t m = 0; m < p->match_count; m++)
            if (!know_match(c, &p->match[m]))
                return false;
    }
    return true;
}

static bool holds(const struct column *c, struct snmp_oid_view oid)
{
    struct snmp_oid_view root = snmp_oid_view(&c->oid);
    return snmp_oid_equal(oid, root) || snmp_oid_below(oid, root);
}

enum column_kind columns_kind(const struct columns *c, struct snmp_oid_view oid)
{
    for (size_t i = c->tables; i < c->count; i++)
        if (holds(&c->items[i], oid))
            return c->items[i].kind;
    return COLUMN_UNKNOWN;
}

static size_t numbers_in(const struct snmp_oid *o)
{
    size_t count = 1; /* the first two share one */
    for (size_t i = 0; i < o->len; i++)
        count += !(o->bytes[i] & 0x80);
    return count;
}

const char *columns_index(const struct columns *c, struct snmp_oid_view oid, size_t *index_at)
{
    for (size_t i = 0; i < c->tables; i++)
        if (holds(&c->items[i], oid)) {
            *index_at = numbers_in(&c->items[i].oid) + 1; /* behind the column */
            return c->items[i].parts;
        }
    return NULL;
}

static bool label_has(const char *label, const char *word)
{
    for (; *label; label++)
        if (strncasecmp(label, word, strlen(word)) == 0)
            return true;
    return false;
}

enum column_kind columns_kind_of_label(const char *label)
{
    static const struct {
        const char *word;
        enum column_kind kind;
    } words[] = {
        {"ssid", COLUMN_TEXT},       {"serial", COLUMN_TEXT},    {"password", COLUMN_TEXT},
        {"passphrase", COLUMN_TEXT}, {"secret", COLUMN_TEXT},    {"community", COLUMN_TEXT},
        {"username", COLUMN_TEXT},   {"hostname", COLUMN_HOST},  {"sysname", COLUMN_HOST},
        {"contact", COLUMN_CONTACT}, {"location", COLUMN_TEXT},  {"latitude", COLUMN_PLACE},
        {"longitude", COLUMN_PLACE}, {"email", COLUMN_TEXT},     {"imei", COLUMN_TEXT},
        {"imsi", COLUMN_TEXT},       {"iccid", COLUMN_TEXT},     {"assetid", COLUMN_TEXT},
        {"macaddr", COLUMN_MAC},     {"ipaddr", COLUMN_ADDRESS}, {"owner", COLUMN_TEXT}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (label_has(label, words[i].word))
            return words[i].kind;
    return COLUMN_UNKNOWN;
}
