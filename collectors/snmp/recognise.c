#include "collectors/snmp/recognise.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/snmp/port.h"
#include "poller/model/pattern.h"

static bool matches(const char *pattern, const char *text)
{
    char error[PATTERN_ERROR_MAX];
    struct pattern *p = pattern_compile(pattern, error);
    bool fits = p && pattern_match(p, text, strlen(text), NULL, 0);
    pattern_destroy(p);
    return fits;
}

static bool is_below(const char *oid, const char *root)
{
    size_t n = strlen(root);
    return strncmp(oid, root, n) == 0 && (oid[n] == '\0' || oid[n] == '.');
}

/* What can be told without asking. */
static bool may_match(const struct recognition *r, const struct profile_match *m)
{
    return (!m->object_id || is_below(r->object_id, m->object_id)) &&
           (!m->descr || matches(m->descr, r->descr));
}

static struct recognise_probe *probe_of(const struct recognition *r, const char *oid)
{
    for (size_t i = 0; i < r->probe_count; i++)
        if (strcmp(r->probes[i].oid, oid) == 0)
            return &r->probes[i];
    return NULL;
}

/* A scalar's instance does not lie below itself: GETNEXT starts at the object. */
static bool set_start(struct recognise_probe *p)
{
    size_t n = strlen(p->oid);
    if (!snmp_oid_parse(p->oid, &p->wanted))
        return false;
    p->below = p->wanted;
    if (n > 2 && strcmp(p->oid + n - 2, ".0") == 0)
        p->below.len--;
    return true;
}

static bool grow(struct recognition *r)
{
    if (r->probe_count % RECOGNISE_AT_ONCE)
        return true;
    struct recognise_probe *probes = realloc(r->probes, (r->probe_count + RECOGNISE_AT_ONCE) * sizeof *probes);
    if (probes)
        r->probes = probes;
    return probes != NULL;
}

static void add_probe(struct recognition *r, const char *oid)
{
    if (probe_of(r, oid) || r->probe_count >= RECOGNISE_PROBES_MAX || !grow(r))
        return;
    struct recognise_probe *p = &r->probes[r->probe_count];
    *p = (struct recognise_probe){.oid = oid};
    r->probe_count += set_start(p);
}

static void add_probes(struct recognition *r, const struct profile *p)
{
    for (size_t i = 0; i < p->match_count; i++)
        for (size_t k = 0; may_match(r, &p->match[i]) && k < p->match[i].has_count; k++)
            add_probe(r, p->match[i].has[k].oid);
}

struct recognition *recognise_start(const struct profile_set *set, const char *descr, const char *object_id)
{
    struct recognition *r = calloc(1, sizeof *r);
    if (!r)
        return NULL;
    r->set = set;
    r->descr = strdup(descr ? descr : "");
    r->object_id = strdup(object_id ? object_id : "");
    r->standards = calloc(set->profiles_count ? set->profiles_count : 1, sizeof *r->standards);
    if (!r->descr || !r->object_id || !r->standards) {
        recognise_destroy(r);
        return NULL;
    }
    r->at_once = RECOGNISE_AT_ONCE;
    for (size_t i = 0; i < set->profiles_count; i++)
        add_probes(r, &set->profiles[i]);
    return r;
}

void recognise_destroy(struct recognition *r)
{
    if (!r)
        return;
    free(r->descr);
    free(r->object_id);
    free(r->probes);
    free(r->standards);
    free(r);
}

bool recognise_ask(struct recognition *r, const struct snmp_agent *a, void *buffer, size_t capacity,
                   struct snmp_written *out)
{
    struct snmp_head head = snmp_agent_head(a, SNMP_GETNEXT);
    struct snmp_writer w;
    size_t first = 0;
    while (first < r->probe_count && r->probes[first].asked)
        first++;
    size_t left = r->probe_count - first;
    r->asked_first = first;
    r->asked_count = left < r->at_once ? left : r->at_once;
    if (!r->asked_count)
        return false;
    snmp_writer_begin(&w, buffer, capacity);
    for (size_t i = r->asked_count; i-- > 0;)
        snmp_writer_name(&w, snmp_oid_view(&r->probes[first + i].below));
    return snmp_writer_end(&w, &head, out);
}

static void keep_text(struct recognise_probe *p, const struct snmp_value *v)
{
    char oid[SNMP_OID_TEXT_MAX];
    uint64_t number;
    if (v->type == SNMP_OCTETS)
        port_text(v->octets, v->len, sizeof p->text - 1, p->text);
    else if (v->type == SNMP_IDENTIFIER)
        snprintf(p->text, sizeof p->text, "%.*s", (int)sizeof p->text - 1,
                 snmp_oid_text((struct snmp_oid_view){v->octets, v->len}, oid));
    else if (v->type == SNMP_INTEGER)
        snprintf(p->text, sizeof p->text, "%" PRId64, v->integer);
    else if (snmp_value_number(v, &number))
        snprintf(p->text, sizeof p->text, "%" PRIu64, number);
    else
        p->text[0] = '\0';
}

static bool is_there(const struct recognise_probe *p, const struct snmp_binding *b)
{
    struct snmp_oid_view wanted = snmp_oid_view(&p->wanted);
    return b->value.type != SNMP_END && b->value.type != SNMP_ABSENT &&
           (snmp_oid_equal(b->oid, wanted) || snmp_oid_below(b->oid, wanted));
}

/* An agent of version 1 says so of its last subtree; others stumble. Either way this one is not there. */
static bool take_trouble(struct recognition *r, int32_t index)
{
    size_t which = index > 0 && (size_t)index <= r->asked_count ? (size_t)index - 1 : 0;
    struct recognise_probe *p = &r->probes[r->asked_first + which], lost = *p;
    lost.asked = true;
    memmove(r->probes + r->asked_first + 1, r->probes + r->asked_first, which * sizeof *p);
    r->probes[r->asked_first] = lost; /* the asked ones stand first */
    return true;
}

static bool ask_less(struct recognition *r)
{
    r->at_once = r->asked_count / 2;
    return true;
}

bool recognise_take(struct recognition *r, const struct snmp_pdu *pdu)
{
    struct reader bindings = pdu->bindings;
    struct snmp_binding b;
    if (pdu->error_status == SNMP_TOO_BIG && r->asked_count > 1)
        return ask_less(r);
    if (pdu->error_status != SNMP_NO_ERROR)
        return take_trouble(r, pdu->error_index);
    size_t taken = 0;
    for (; taken < r->asked_count && snmp_binding_take(&bindings, &b) == SNMP_TAKEN; taken++) {
        struct recognise_probe *p = &r->probes[r->asked_first + taken];
        if (!snmp_oid_valid(b.oid))
            return false;
        p->asked = true;
        p->found = is_there(p, &b);
        if (p->found)
            keep_text(p, &b.value);
    }
    return taken > 0; /* an answer cut short: the rest is asked again */
}

/* --- choosing --- */

static bool fits(const struct recognition *r, const struct profile_match *m)
{
    if (!may_match(r, m))
        return false;
    for (size_t i = 0; i < m->has_count; i++) {
        const struct recognise_probe *p = probe_of(r, m->has[i].oid);
        if (!p || !p->found || (m->has[i].like && !matches(m->has[i].like, p->text)))
            return false;
    }
    return true;
}

static size_t length(const char *text)
{
    return text ? strlen(text) : 0;
}

/* Does a match of one profile say more about the device than that of another? */
static bool says_more(const struct profile *p, const struct profile_match *m, const struct profile *than,
                      const struct profile_match *other)
{
    if (p->rank != than->rank)
        return p->rank > than->rank;
    if (length(m->object_id) != length(other->object_id))
        return length(m->object_id) > length(other->object_id);
    if (m->has_count != other->has_count)
        return m->has_count > other->has_count;
    return length(m->descr) > length(other->descr);
}

static void say_why(struct recognition *r, const struct profile_match *m)
{
    size_t used = 0;
    r->why[0] = '\0';
    if (m->object_id)
        used += (size_t)snprintf(r->why, sizeof r->why, "its sysObjectID is below %s", m->object_id);
    if (m->descr && used < sizeof r->why)
        used += (size_t)snprintf(r->why + used, sizeof r->why - used, "%sits sysDescr matches \"%s\"",
                                 used ? ", " : "", m->descr);
    for (size_t i = 0; i < m->has_count && used < sizeof r->why; i++)
        used += (size_t)snprintf(r->why + used, sizeof r->why - used, "%sit answers %s", used ? ", " : "",
                                 m->has[i].oid);
}

static const struct profile_match *best_match(const struct recognition *r, const struct profile *p)
{
    const struct profile_match *best = NULL;
    for (size_t i = 0; i < p->match_count; i++)
        if (fits(r, &p->match[i]) && (!best || says_more(p, &p->match[i], p, best)))
            best = &p->match[i];
    return best;
}

static bool stands_in(const struct profile *family, const char *name)
{
    for (size_t i = 0; family && i < family->without_count; i++)
        if (strcmp(family->without[i], name) == 0)
            return true;
    return false;
}

void recognise_conclude(struct recognition *r)
{
    const struct profile_match *best = NULL;
    for (size_t i = 0; i < r->set->profiles_count; i++) {
        const struct profile *p = &r->set->profiles[i];
        const struct profile_match *m = p->standard ? NULL : best_match(r, p);
        if (m && (!best || says_more(p, m, r->family, best))) {
            r->family = p;
            best = m;
        }
    }
    if (best)
        say_why(r, best);
    for (size_t i = 0; i < r->set->profiles_count; i++) {
        const struct profile *p = &r->set->profiles[i];
        if (p->standard && best_match(r, p) && !stands_in(r->family, p->name))
            r->standards[r->standard_count++] = p;
    }
}
