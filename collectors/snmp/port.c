#include "collectors/snmp/port.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/base/utf8.h"

#define LEAST_FRAME_BITS 512      /* 64 octets: no line carries more packets than that allows */
#define OVER_SPEED_ROUNDS 3       /* so often above its claimed speed: the claim is wrong, not the counter */
#define HIGHEST_SPEED_BPS 1e12    /* of any port we may meet */
#define LARGEST_FRAME_OCTETS 9216
#define PACKETS_SLACK_OCTETS 1e6  /* per second: the counters of a row are not read at one moment */
#define GAUGE_FULL 4294967295u    /* ifSpeed of lines too fast for it */

struct port_table *port_table_create(void)
{
    return calloc(1, sizeof(struct port_table));
}

static void free_texts(struct port_table *t)
{
    for (size_t i = 0; i < t->count && !t->texts; i++)
        free(t->ports[i].name);
    free(t->indexes); /* the texts stand behind them */
}

void port_table_destroy(struct port_table *t)
{
    if (!t)
        return;
    free_texts(t);
    for (size_t i = 0; i < t->count; i++)
        counter_row_fini(&t->ports[i].counters);
    free(t->refused);
    free(t->ports);
    free(t);
}

/* Direction marks and other invisible ones could make a name read as something else. */
static bool is_invisible(const char *c, size_t len)
{
    const unsigned char *u = (const unsigned char *)c;
    if (len == 1)
        return u[0] < 0x20 || u[0] == 0x7f;
    if (len == 2)
        return u[0] == 0xc2 && u[1] < 0xa0;
    if (len != 3 || u[0] != 0xe2)
        return false;
    return (u[1] == 0x80 && ((u[2] >= 0x8b && u[2] <= 0x8f) || (u[2] >= 0xa8 && u[2] <= 0xae))) ||
           (u[1] == 0x81 && u[2] >= 0xa0 && u[2] <= 0xaf);
}

char *port_text(const void *bytes, size_t len, size_t most, char *out)
{
    const char *text = bytes;
    size_t used = 0;
    while (len && (text[len - 1] == '\0' || text[len - 1] == ' '))
        len--;
    for (size_t i = 0; i < len;) {
        size_t n = utf8_length(text + i, len - i);
        bool bad = n == 0 || is_invisible(text + i, n);
        if (used + (bad ? 1 : n) > most)
            break;
        if (bad)
            out[used++] = '?';
        else
            memcpy(out + used, text + i, n), used += n;
        i += n ? n : 1;
    }
    out[used] = '\0';
    return out;
}

static struct port *row_at(struct port_table *t, uint32_t index)
{
    if (t->count && t->ports[t->count - 1].index == index)
        return &t->ports[t->count - 1];
    for (size_t i = 0; i < t->count; i++)
        if (t->ports[i].index == index)
            return &t->ports[i];
    if (t->count >= PORTS_MAX)
        return NULL;
    if (t->count == t->capacity) {
        size_t capacity = t->capacity ? t->capacity * 2 : 8;
        struct port *ports = realloc(t->ports, capacity * sizeof *ports);
        if (!ports)
            return NULL;
        t->ports = ports;
        t->capacity = capacity;
    }
    struct port *p = &t->ports[t->count++];
    *p = (struct port){.index = index, .restart = true};
    return p;
}

static const char *name_of(const struct port *p) /* until it is settled: "": none */
{
    return p->name ? p->name : "";
}

static const char *alias_of(const struct port *p)
{
    return p->name ? port_alias(p) : "";
}

static bool set_texts(struct port *p, const char *name, const char *alias)
{
    size_t name_size = strlen(name) + 1, alias_size = strlen(alias) + 1;
    char *texts = malloc(name_size + alias_size);
    if (!texts)
        return false;
    memcpy(texts, name, name_size);
    memcpy(texts + name_size, alias, alias_size);
    free(p->name);
    p->name = texts;
    return true;
}

static bool take_name(struct port *p, const struct snmp_value *v)
{
    char text[PORT_NAME_MAX + 1];
    return v->type != SNMP_OCTETS || !*port_text(v->octets, v->len, PORT_NAME_MAX, text) ||
           set_texts(p, text, alias_of(p));
}

static bool take_alias(struct port *p, const struct snmp_value *v)
{
    char text[PORT_TEXT_MAX + 1];
    return v->type != SNMP_OCTETS || !*port_text(v->octets, v->len, PORT_TEXT_MAX, text) ||
           set_texts(p, name_of(p), text);
}

bool port_table_cell(struct port_table *t, enum if_static column, struct snmp_oid_view index,
                     const struct snmp_value *v)
{
    uint32_t number;
    uint64_t value = 0;
    if (!snmp_oid_single(index, &number))
        return true;
    struct port *p = row_at(t, number);
    if (!p) {
        t->left_out += column == IF_TYPE;
        return t->count >= PORTS_MAX;
    }
    bool numeric = snmp_value_number(v, &value);
    switch (column) {
    case IF_DESCR:
        return *name_of(p) || take_name(p, v);
    case IF_NAME:
        return take_name(p, v);
    case IF_ALIAS:
        return take_alias(p, v);
    case IF_TYPE:
        p->type = numeric && value <= UINT16_MAX ? (uint16_t)value : 0;
        p->typed = numeric;
        break;
    case IF_SPEED_STATIC:
        p->speed_bps = numeric && value != GAUGE_FULL ? value : 0;
        break;
    case IF_PHYS_ADDRESS:
        if (v->type == SNMP_OCTETS && v->len == sizeof p->mac.bytes)
            memcpy(p->mac.bytes, v->octets, sizeof p->mac.bytes);
        break;
    case IF_ADMIN_STATUS:
        p->admin = numeric && value <= UINT8_MAX ? (uint8_t)value : 0;
        break;
    case IF_OPER_STATUS_STATIC:
        p->oper = numeric && value <= UINT8_MAX ? (uint8_t)value : 0;
        break;
    case IF_STATIC_COUNT:
        break;
    }
    return true;
}

static int by_index(const void *a, const void *b)
{
    const struct port *x = a, *y = b;
    return (x->index > y->index) - (x->index < y->index);
}

static struct port *find(const struct port_table *t, const char *name)
{
    for (size_t i = 0; i < t->count; i++)
        if (strcmp(t->ports[i].name, name) == 0)
            return &t->ports[i];
    return NULL;
}

const struct port *port_table_find(const struct port_table *t, const char *name)
{
    return find(t, name);
}

static bool name_taken(const struct port_table *t, const struct port *self, const char *name)
{
    for (size_t i = 0; i < t->count; i++)
        if (&t->ports[i] != self && strcmp(name_of(&t->ports[i]), name) == 0)
            return true;
    return false;
}

/* The MAC survives a renumbering, the index at least a round. */
static bool make_unique(struct port_table *t, struct port *p)
{
    char mac[MAC_TEXT_MAX], name[PORT_NAME_MAX + 1];
    const char *base = name_of(p);
    int room = PORT_NAME_MAX - MAC_TEXT_MAX;
    if (mac_is_set(&p->mac))
        snprintf(name, sizeof name, "%.*s%s%s", room, base, *base ? "@" : "", mac_text(&p->mac, mac));
    if (!mac_is_set(&p->mac) || name_taken(t, p, name))
        snprintf(name, sizeof name, "%.*s%s%" PRIu32, room, base, *base ? "#" : "port ", p->index);
    return set_texts(p, name, alias_of(p));
}

/* First all are looked at, then changed: of two with one name both get more. */
static bool settle_names(struct port_table *t, bool *unsettled)
{
    for (size_t i = 0; i < t->count; i++) {
        const struct port *p = &t->ports[i];
        bool named = *name_of(p), doubled = named && name_taken(t, p, p->name);
        t->doubled += doubled;
        unsettled[i] = !named || doubled;
    }
    for (size_t i = 0; i < t->count; i++)
        if (unsettled[i] && !make_unique(t, &t->ports[i]))
            return false;
    return true;
}

static size_t texts_size(const struct port *p)
{
    return strlen(p->name) + 1 + strlen(port_alias(p)) + 1;
}

/* Thousands of short texts, each in an allocation of its own, take twice their room. */
static bool gather_texts(struct port_table *t)
{
    size_t size = t->count * (sizeof *t->indexes + sizeof PORT_OBJECT) + 1;
    for (size_t i = 0; i < t->count; i++)
        size += texts_size(&t->ports[i]);
    uint32_t *indexes = malloc(size);
    if (!indexes)
        return false;
    char *texts = (char *)(indexes + t->count), *at = texts;
    for (size_t i = 0; i < t->count; i++) {
        struct port *p = &t->ports[i];
        size_t len = texts_size(p);
        char *name = mempcpy(at, PORT_OBJECT, sizeof PORT_OBJECT - 1);
        at = mempcpy(name, p->name, len);
        free(p->name);
        p->name = name;
        indexes[i] = p->index;
    }
    t->texts = texts;
    t->indexes = indexes;
    return true;
}

/* A table lives long: it keeps no room for more. */
static void trim(struct port_table *t)
{
    struct port *ports = t->count ? realloc(t->ports, t->count * sizeof *ports) : NULL;
    if (!ports)
        return;
    t->ports = ports;
    t->capacity = t->count;
}

bool port_table_settle(struct port_table *t)
{
    bool unsettled[PORTS_MAX];
    if (t->count)
        qsort(t->ports, t->count, sizeof *t->ports, by_index);
    if (!settle_names(t, unsettled) || !gather_texts(t))
        return false;
    trim(t);
    return true;
}

static void inherit(struct port *p, struct port *old)
{
    bool same = p->index == old->index && memcmp(&p->mac, &old->mac, sizeof p->mac) == 0;
    counter_row_move(&p->counters, &old->counters);
    p->heard = old->heard;
    p->ticks = old->ticks;
    p->discontinuity = old->discontinuity;
    p->alive = old->alive;
    p->over_speed = old->over_speed;
    p->restart = old->restart || !same;
    p->present = old->present;
}

bool port_refuse(struct port_table *t, size_t port, enum if_polled column)
{
    if (!t->refused)
        t->refused = calloc(t->count, sizeof *t->refused);
    if (t->refused)
        t->refused[port] |= IF_BIT(column);
    return t->refused != NULL;
}

/* Without memory it is refused once more. */
static void inherit_refused(struct port_table *t, size_t port, uint32_t refused)
{
    for (; refused; refused &= refused - 1)
        (void)port_refuse(t, port, (enum if_polled)__builtin_ctz(refused));
}

bool port_table_inherit(struct port_table *t, struct port_table *old)
{
    bool moved = t->count != old->count;
    t->learned = old->learned;
    for (size_t i = 0; i < t->count; i++) {
        struct port *p = &t->ports[i];
        struct port *before = find(old, p->name);
        if (before) {
            inherit(p, before);
            inherit_refused(t, i, port_refused(old, (size_t)(before - old->ports)));
        }
        moved |= !before || before->index != p->index;
    }
    if (moved)
        t->learned = false;
    return moved;
}

uint32_t port_columns(const struct port *p, uint32_t refused, bool learned, uint32_t candidates)
{
    if (!learned)
        return candidates & ~refused;
    uint32_t columns = p->present & ~refused;
    columns &= ~(columns << IF_NARROW_FIRST & IF_NARROW_BITS);
    return columns & IF_BIT(IF_HIGH_SPEED) ? columns & ~IF_BIT(IF_SPEED) : columns;
}

bool port_counted(const struct port *p)
{
    return p->alive && if_type_counted(p->type);
}

uint64_t port_speed(const struct port *p)
{
    return p->over_speed < OVER_SPEED_ROUNDS ? p->speed_bps : 0;
}

/* The 64-bit form where there is one, else the 32-bit form at the same place of the narrow ones. */
static bool choose_value(const struct port_reading *r, unsigned counter, struct counter_reading *out)
{
    static const uint8_t narrow_form[] = {IF_IN_OCTETS, IF_OUT_OCTETS, IF_IN_UCAST,
                                          IF_OUT_UCAST, IF_IN_NUCAST,  IF_OUT_NUCAST};
    unsigned column = counter;
    if (!(r->have & IF_BIT(column)) && counter < sizeof narrow_form)
        column = narrow_form[counter];
    if (!(r->have & IF_BIT(column)))
        return false;
    out->value = r->value[column];
    out->width = r->narrow & IF_BIT(column) ? COUNTER_32 : COUNTER_64; /* as sent, not as promised */
    return true;
}

/* Packets are what came to one, to many and to all; a form the agent has not counts as none. */
static double sum_packets(const struct port *p, const double *rates, unsigned first)
{
    double sum = rates[first];
    for (unsigned i = first + 2; i <= first + 4; i += 2) {
        bool narrow = i < IF_HC_IN_BROADCAST && (p->present & IF_BIT(i + IF_IN_NUCAST - IF_HC_IN_MULTICAST));
        if ((p->present & IF_BIT(i)) || narrow)
            sum += rates[i];
    }
    return sum;
}

/* A 32-bit octet counter of a fast line may have wrapped twice between rounds; the packets counted beside
 * it say how much can have passed. */
static double narrow_octets_most(double speed_most, double packets_per_s, double seconds)
{
    if (isnan(packets_per_s) || speed_most * seconds < (double)UINT32_MAX)
        return speed_most;
    return fmin(speed_most, packets_per_s * LARGEST_FRAME_OCTETS + PACKETS_SLACK_OCTETS);
}

/* What the line can carry in a second. */
struct line {
    bool believed; /* the speed it claims */
    double octets, packets;
};

static struct line line_of(const struct port *p)
{
    bool believed = if_type_wired(p->type) && port_speed(p);
    double bps = believed ? (double)p->speed_bps : HIGHEST_SPEED_BPS;
    return (struct line){believed, bps / 8, bps / LEAST_FRAME_BITS};
}

static void step_counters(struct port *p, const struct port_reading *r, struct counter_reading base,
                          double rates[static IF_COUNTERS])
{
    struct line line = line_of(p);
    struct counter_reading reading = base;
    struct counter counters[IF_COUNTERS];
    counter_row_get(&p->counters, counters);
    for (unsigned i = IF_COUNTERS; i-- > 0;) { /* octets last: packets help to judge them */
        bool octets = i <= IF_HC_OUT_OCTETS;
        rates[i] = NAN;
        if (!choose_value(r, i, &reading)) {
            counter_skip(&counters[i], base.seconds);
            continue;
        }
        reading.most_per_s = octets ? line.octets : line.packets;
        if (reading.width == COUNTER_32 && !line.believed)
            reading.most_per_s = 0; /* any growth may be true, and one wrap is likelier than two */
        else if (reading.width == COUNTER_32 && octets)
            reading.most_per_s = narrow_octets_most(
                reading.most_per_s, sum_packets(p, rates, IF_HC_IN_UCAST + i), base.seconds);
        rates[i] = counter_step(&counters[i], &reading);
    }
    counter_row_put(&p->counters, counters);
}

static void judge_speed(struct port *p, const struct port_reading *r)
{
    uint64_t high = r->have & IF_BIT(IF_HIGH_SPEED) ? r->value[IF_HIGH_SPEED] : 0;
    uint64_t low = r->have & IF_BIT(IF_SPEED) ? r->value[IF_SPEED] : 0;
    if (high && high < UINT32_MAX)
        p->speed_bps = high * 1000000;
    else if (r->have & (IF_BIT(IF_SPEED) | IF_BIT(IF_HIGH_SPEED)))
        p->speed_bps = low != GAUGE_FULL ? low : 0;
}

/* Did the octets say more than the line carries? Then, after a few rounds, the claimed speed is wrong. */
static void judge_claim(struct port *p, const double *rates, const struct counter_reading *base)
{
    bool unknown = isnan(rates[IF_HC_IN_OCTETS]) && isnan(rates[IF_HC_OUT_OCTETS]);
    if (p->over_speed >= OVER_SPEED_ROUNDS || base->reset)
        return;
    p->over_speed = unknown && (p->present & IF_WIDE_BITS) ? (uint8_t)(p->over_speed + 1) : 0;
}

/* Counters as they are read one by one, with all that may be odd about each. Apart, so that it costs the usual reading
 * nothing. */
static __attribute__((noinline)) void take_counters(struct port *p, const struct port_reading *r,
                                                    const struct counter_reading *base, struct port_rates *out)
{
    double rates[IF_COUNTERS];
    step_counters(p, r, *base, rates);
    judge_claim(p, rates, base);
    for (int i = 0; i < 2; i++) {
        out->of[PORT_IN_OCTETS + i] = (float)rates[IF_HC_IN_OCTETS + i];
        out->of[PORT_IN_ERRORS + i] = (float)rates[IF_IN_ERRORS + i];
        out->of[PORT_IN_DISCARDS + i] = (float)rates[IF_IN_DISCARDS + i];
        out->of[PORT_IN_PACKETS + i] = (float)sum_packets(p, rates, (unsigned)(IF_HC_IN_UCAST + i));
    }
}

#define OCTET_COUNTERS (IF_BIT(IF_HC_IN_OCTETS) | IF_BIT(IF_HC_OUT_OCTETS))
#define COUNTER_BITS (IF_BIT(IF_COUNTERS) - 1)

/* Could a 32-bit counter beside the wide ones have wrapped twice? Of octets there should be wide ones. */
static bool is_ambiguous(const struct port_reading *r, const struct line *line, double seconds)
{
    uint32_t narrow = r->narrow & COUNTER_BITS;
    return (narrow & OCTET_COUNTERS) ||
           (narrow && line->believed && line->packets * seconds * 2 >= (double)UINT32_MAX);
}

static uint64_t most_of(double per_s, double seconds)
{
    double most = per_s * seconds;
    return most < (double)INT64_MAX ? (uint64_t)(int64_t)most : INT64_MAX;
}

/* What a counter grew by in one interval fits a signed number, of which a double is made at once. */
static float rate(uint64_t grown, double per_s)
{
    return (float)((double)(int64_t)grown * per_s);
}

static float rate_of(const struct port *p, unsigned counter, const uint64_t *grown, double per_s)
{
    return p->counters.read & IF_BIT(counter) ? rate(grown[counter], per_s) : NAN;
}

static void set_rates(const struct port *p, const uint64_t *grown, double seconds, struct port_rates *out)
{
    double per_s = 1 / seconds;
    for (unsigned i = 0; i < 2; i++) {
        const uint64_t *g = grown + i;
        uint64_t packets = g[IF_HC_IN_UCAST] + g[IF_HC_IN_MULTICAST] + g[IF_HC_IN_BROADCAST];
        out->of[PORT_IN_OCTETS + i] = rate(g[IF_HC_IN_OCTETS], per_s);
        out->of[PORT_IN_ERRORS + i] = rate_of(p, IF_IN_ERRORS + i, grown, per_s);
        out->of[PORT_IN_DISCARDS + i] = rate_of(p, IF_IN_DISCARDS + i, grown, per_s);
        out->of[PORT_IN_PACKETS + i] =
            p->counters.read & IF_BIT(IF_HC_IN_UCAST + i) ? rate(packets, per_s) : NAN;
    }
}

/* Nearly every reading: all counters went on by what the line can carry. Then there is nothing to judge. */
static bool take_usual(struct port *p, const struct port_reading *r, const struct counter_reading *base,
                       struct port_rates *out)
{
    uint32_t have = r->have & (COUNTER_BITS | IF_NARROW_BITS);
    uint64_t grown[IF_COUNTERS];
    if (base->reset || base->seconds <= 0 || (have & OCTET_COUNTERS) != OCTET_COUNTERS)
        return false;
    struct line line = line_of(p);
    struct counter_limits most = {most_of(line.octets, base->seconds), most_of(line.packets, base->seconds)};
    if (is_ambiguous(r, &line, base->seconds) || !counter_row_went_on(&p->counters, have, r->value, most, grown))
        return false;
    if (p->over_speed < OVER_SPEED_ROUNDS)
        p->over_speed = 0;
    set_rates(p, grown, base->seconds, out);
    return true;
}

static bool is_same_clock(const struct agent_clock *a, const struct agent_clock *b)
{
    return a->at.ns == b->at.ns && a->ticks == b->ticks && a->set && b->set;
}

static struct agent_step step_clock(struct port *p, const struct port_reading *r, struct port_interval *interval)
{
    struct agent_clock clock = port_clock(p);
    if (!is_same_clock(&clock, &interval->before)) {
        interval->before = clock;
        interval->step = agent_clock_step(&clock, r->ticks, r->at);
        interval->after = clock;
    }
    p->heard = interval->after.at;
    p->ticks = interval->after.ticks;
    return interval->step;
}

static void note_discontinuity(struct port *p, const struct port_reading *r, struct counter_reading *base)
{
    if (!(r->have & IF_BIT(IF_DISCONTINUITY)))
        return;
    base->reset |= p->discontinuity != (uint32_t)r->value[IF_DISCONTINUITY];
    p->discontinuity = (uint32_t)r->value[IF_DISCONTINUITY];
}

void port_take(struct port *p, const struct port_reading *r, struct port_interval *interval, struct port_rates *rates)
{
    struct agent_step step = step_clock(p, r, interval);
    struct counter_reading base = {.seconds = step.seconds, .reset = p->restart || step.time != AGENT_RAN};
    uint64_t before_bps = p->speed_bps;
    note_discontinuity(p, r, &base);
    judge_speed(p, r);
    if (p->speed_bps != before_bps)
        p->over_speed = 0;
    p->present |= r->have;
    uint64_t now_bps = p->speed_bps;
    if (before_bps > now_bps) /* it carried more for a part of the interval */
        p->speed_bps = before_bps;
    if (!take_usual(p, r, &base, rates))
        take_counters(p, r, &base, rates);
    p->speed_bps = now_bps;
    if (r->have & IF_BIT(IF_OPER_STATUS))
        p->oper = r->value[IF_OPER_STATUS] <= UINT8_MAX ? (uint8_t)r->value[IF_OPER_STATUS] : 0;
    p->alive |= p->oper == IF_STATUS_UP || p->counters.last[IF_HC_IN_OCTETS] ||
                p->counters.last[IF_HC_OUT_OCTETS];
    p->restart = false;
}
