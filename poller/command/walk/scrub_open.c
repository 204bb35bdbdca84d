/* Words that are everybody's: they stay in the texts of owners, and are looked for nowhere. */
#include "poller/command/walk/scrub_internal.h"

#include <ctype.h>
#include <string.h>

#include "poller/model/pattern.h"

#define PORT_NAME_MAX 256 /* DisplayString */
#define SYS_DESCR     "1.3.6.1.2.1.1.1.0"
#define SYS_OBJECT_ID "1.3.6.1.2.1.1.2.0"

/* Whose sysObjectID this is has no model in it, but the name of a host. */
#define NET_SNMP "1.3.6.1.4.1.8072"

/* Words that owners use too, and that tell nothing of them. */
static const char usual[] = "none null unknown default public private admin root localhost "
                            "localdomain router switch server printer bridge "
                            "access point wifi wlan lan wan guest port uplink downlink network "
                            "system linux windows not set the and for of on "
                            "at in to is device name contact location configured edit etc snmp "
                            "conf snmpd local example com net org test "
                            "version ethernet eth ether vlan mgmt management interface ap ups v2 "
                            "v3 true false yes no up down auto off main "
                            "backup gigabitethernet fastethernet tengigabitethernet gigabit fast "
                            "ge gi fe te xe sfp trunk pppoe pptp ppp br "
                            "bond ath wl radio 2g 5g 2ghz 5ghz ghz mhz loopback internal onboard "
                            "slot chassis unit serial number "
                            /* of what makers' own objects say */
                            "temperature temp humidity fan fans voltage current power supply "
                            "battery charge sensor sensors probe ambient "
                            "board cpu core processor memory disk disks drive volume pool raid "
                            "load usage input output outlet phase line "
                            "normal good fail failed failure error errors warning critical alarm "
                            "active inactive enabled disabled enable "
                            "disable connected disconnected connecting running stopped ready idle "
                            "busy online offline standby master slave "
                            "primary secondary station stations client clients mode full half "
                            "duplex high medium low idle open closed "
                            "present absent empty inserted removed charging discharging fully "
                            "level percent celsius fahrenheit degrees volts "
                            "amps watts hertz seconds minutes hours days secs mbps kbps gbps bytes "
                            "packets octets rate signal noise "
                            "strength quality channel width distance frequency modulation antenna "
                            "gain chain transmit receive remote status "
                            "state type model firmware hardware software release revision build "
                            "boot date time module product toner "
                            "cartridge black cyan magenta yellow drum paper tray cover door waste "
                            "remaining copper fiber optical optics "
                            "vendor part supported unsupported available unavailable valid invalid "
                            "cable length rx tx 64qam 128qam 256qam "
                            "512qam 1024qam 16qam qpsk bpsk wpa2 wpa3 open wep 80211 ieee";

void scrub_open_usual(struct scrub *s)
{
    scrub_open_words(s, (const uint8_t *)usual, sizeof usual - 1);
    for (size_t i = 0; s->profiles && i < s->profiles->profiles_count; i++) {
        const struct profile *p = &s->profiles->profiles[i];
        const char *texts[] = {p->vendor, p->family, p->kind};
        for (size_t t = 0; t < sizeof texts / sizeof texts[0]; t++)
            if (texts[t])
                scrub_open_words(s, (const uint8_t *)texts[t], strlen(texts[t]));
    }
}

static const struct snmp_value *value_at(const struct walk_rows *rows, const char *text,
                                         enum snmp_type type)
{
    struct snmp_oid oid;
    snmp_oid_parse(text, &oid);
    for (size_t i = 0; i < rows->count; i++)
        if (snmp_oid_equal(rows->items[i].oid, snmp_oid_view(&oid)))
            return rows->items[i].value.type == type ? &rows->items[i].value : NULL;
    return NULL;
}

static bool is_below(struct snmp_oid_view oid, const char *text)
{
    struct snmp_oid root;
    return text && snmp_oid_parse(text, &root) &&
           (snmp_oid_equal(oid, snmp_oid_view(&root)) || snmp_oid_below(oid, snmp_oid_view(&root)));
}

static bool claims(const struct profile *p, struct snmp_oid_view object_id)
{
    for (size_t i = 0; i < p->match_count; i++)
        if (is_below(object_id, p->match[i].object_id))
            return true;
    return false;
}

static void open_found(struct scrub *s, const struct profile_text *texts, size_t count,
                       const struct snmp_value *descr)
{
    char error[PATTERN_ERROR_MAX];
    for (size_t i = 0; i < count; i++) {
        bool reads = texts[i].of == PROFILE_OF_DESCR && texts[i].like;
        struct pattern *like = reads ? pattern_compile(texts[i].like, error) : NULL;
        struct pattern_span spans[2] = {{0}};
        if (like && pattern_match(like, descr->octets, descr->len, spans, 2)) {
            const struct pattern_span *found = spans[1].found ? &spans[1] : &spans[0];
            scrub_open_words(s, descr->octets + found->from, found->to - found->from);
        }
        pattern_destroy(like);
    }
}

/* As the families that may be it read it from sysDescr. */
static void open_described(struct scrub *s, const struct walk_rows *rows)
{
    const struct snmp_value *id = value_at(rows, SYS_OBJECT_ID, SNMP_IDENTIFIER),
                            *descr = value_at(rows, SYS_DESCR, SNMP_OCTETS);
    struct snmp_oid_view object_id =
        id ? (struct snmp_oid_view){id->octets, id->len} : (struct snmp_oid_view){0};
    if (!id || !descr || !s->profiles || is_below(object_id, NET_SNMP))
        return;
    for (size_t i = 0; i < s->profiles->profiles_count; i++) {
        const struct profile *p = &s->profiles->profiles[i];
        if (claims(p, object_id)) {
            open_found(s, p->model, p->model_count, descr);
            open_found(s, p->version, p->version_count, descr);
        }
    }
}

static void lower(const uint8_t *text, size_t len, uint8_t out[static PORT_NAME_MAX])
{
    for (size_t i = 0; i < len; i++)
        out[i] = (uint8_t)tolower(text[i]);
}

bool scrub_is_port(const struct scrub *s, const uint8_t *text, size_t len)
{
    uint8_t name[PORT_NAME_MAX];
    if (len > sizeof name)
        return false;
    lower(text, len, name);
    return standins_knows(s->ports, STANDIN_TEXT, name, len);
}

static void note_port(struct scrub *s, const uint8_t *text, size_t len)
{
    uint8_t name[PORT_NAME_MAX];
    while (len && !text[len - 1])
        len--;
    if (!len || len > sizeof name)
        return;
    lower(text, len, name);
    s->failed |= !standins_note(s->ports, STANDIN_TEXT, name, len);
}

void scrub_open_models(struct scrub *s, const struct walk_rows *rows)
{
    open_described(s, rows);
    for (size_t i = 0; i < rows->count; i++) {
        const struct snmp_value *v = &rows->items[i].value;
        enum column_kind kind =
            v->type == SNMP_OCTETS ? scrub_kind(s, rows->items[i].oid) : COLUMN_UNKNOWN;
        if (kind == COLUMN_PUBLIC)
            scrub_open_words(s, v->octets, v->len);
        else if (kind == COLUMN_PORT_NAME)
            note_port(s, v->octets, v->len);
    }
}
