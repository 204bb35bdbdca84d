#include <math.h>
#include <string.h>

#include "poller/config/profiles_internal.h"

static void check_texts(struct complaints *c, const struct yaml *y, const struct profile_text *texts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct yaml *one = y && y->kind == YAML_LIST ? piece_at(y, i) : y;
        const struct profile_text *t = &texts[i];
        piece_check_oid(c, piece_of(one, "oid"), t->oid);
        piece_check_pattern(c, piece_of(one, "like"), t->like);
        if (!t->oid && t->of == PROFILE_OF_OID)
            complain(c, one->at, "'oid' is missing, or where else it is read: `of: descr`");
        else if (t->oid && t->of != PROFILE_OF_OID)
            complain(c, piece_of(one, "of")->at, "'oid' and 'of' say different places: give one");
    }
}

static void check_match(struct complaints *c, const struct yaml *y, const struct profile_match *m)
{
    const struct yaml *has = yaml_get(y, "has");
    piece_check_oid(c, piece_of(y, "object_id"), m->object_id);
    piece_check_pattern(c, piece_of(y, "descr"), m->descr);
    if (!m->object_id && !m->descr && !m->has_count)
        complain(c, y->at, "this matches everything: give object_id, descr or has");
    for (size_t i = 0; i < m->has_count; i++) {
        const struct yaml *one = has->kind == YAML_LIST ? piece_at(has, i) : has;
        piece_check_oid(c, piece_of(one, "oid"), m->has[i].oid);
        piece_check_pattern(c, piece_of(one, "like"), m->has[i].like);
    }
}

/* The i-th way to recognise it; a single one needs no list. */
static const struct yaml *match_at(const struct yaml *root, size_t i)
{
    const struct yaml *match = yaml_get(root, "match");
    return match && match->kind == YAML_LIST ? piece_at(match, i) : match;
}

static void check_identity(struct complaints *c, const struct yaml *root, const struct profile *p)
{
    const struct place top = {root->at.source, root->at.line, root->at.column};
    if (!p->standard && !p->vendor)
        complain(c, top, "'vendor' is missing: whose device it is, as Ubiquiti");
    if (!p->standard && !p->family)
        complain(c, top, "'family' is missing: what runs on it, as airOS");
    if (!p->match_count)
        complain(c, top, "'match' is missing: how it is recognised, as {object_id: 1.3.6.1.4.1.41112}");
    if (!p->readings_count && p->standard)
        complain(c, top, "'readings' is missing: a standard profile is nothing but figures");
    for (size_t i = 0; i < p->match_count; i++)
        check_match(c, match_at(root, i), &p->match[i]);
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static const char *source_of(const struct profile_reading *r)
{
    return r->source ? r->source : r->meaning;
}

/* Two readings may not fill the same place of the same series. */
static void check_series(struct complaints *c, const struct yaml *readings, const struct profile *p)
{
    for (size_t i = 0; i < p->readings_count; i++)
        for (size_t k = 0; k < i && p->readings[i].object; k++) {
            const struct profile_reading *a = &p->readings[k], *b = &p->readings[i];
            if (!same_text(a->object, b->object) || !same_text(source_of(a), source_of(b)) ||
                !same_text(a->rows, b->rows))
                continue;
            complain(c, piece_of(piece_at(readings, i), "object")->at,
                     "the reading in line %zu fills the same series (%s of object %s)",
                     piece_at(readings, k)->at.line, source_of(b), b->object);
            break;
        }
}

void profile_check(struct complaints *c, const struct profile_set *set, const struct yaml *root,
                   const struct profile *p)
{
    const struct yaml *readings = yaml_get(root, "readings");
    check_identity(c, root, p);
    check_texts(c, yaml_get(root, "model"), p->model, p->model_count);
    check_texts(c, yaml_get(root, "version"), p->version, p->version_count);
    check_texts(c, yaml_get(root, "serial"), p->serial, p->serial_count);
    for (size_t i = 0; i < p->readings_count; i++)
        profile_reading_check(c, set, readings->kind == YAML_LIST ? piece_at(readings, i) : readings,
                              &p->readings[i]);
    if (readings && readings->kind == YAML_LIST)
        check_series(c, readings, p);
}

static bool has_side(double warn, double bad)
{
    return !isnan(warn) || !isnan(bad);
}

static void check_meaning(struct complaints *c, const struct yaml *y, const struct meaning *m)
{
    bool low = has_side(m->limits.warn_low, m->limits.bad_low);
    bool high = has_side(m->limits.warn_high, m->limits.bad_high);
    size_t len = strlen(y->key);
    if (len > MEANING_NAME_MAX || len != strspn(y->key, "abcdefghijklmnopqrstuvwxyz0123456789-") ||
        y->key[0] < 'a' || y->key[0] > 'z')
        complain(c, y->key_at, "a meaning is named with small letters, digits and '-', %d at most",
                 MEANING_NAME_MAX);
    if (m->class_ && strcmp(m->class_, "state") == 0 && (low || high || m->unit))
        complain(c, y->key_at, "a state has neither unit nor limits: its words carry the level");
    else if ((low && !(m->worse & MEANING_WORSE_LOW)) || (high && !(m->worse & MEANING_WORSE_HIGH)))
        complain(c, piece_of(y, "worse")->at, "its limits say otherwise than `worse`");
    piece_check_limits(c, y, &m->limits);
}

void meanings_check(struct complaints *c, const struct yaml *root, const struct profile_set *set)
{
    for (size_t i = 0; i < set->meanings_count; i++)
        check_meaning(c, piece_at(root, i), &set->meanings[i]);
}

static bool same_probes(const struct profile_match *a, const struct profile_match *b)
{
    if (a->has_count != b->has_count)
        return false;
    for (size_t i = 0; i < a->has_count; i++)
        if (!same_text(a->has[i].oid, b->has[i].oid) || !same_text(a->has[i].like, b->has[i].like))
            return false;
    return true;
}

static bool same_claim(const struct profile *p, const struct profile_match *a, const struct profile *q,
                       const struct profile_match *b)
{
    return p->rank == q->rank && same_text(a->object_id, b->object_id) && same_text(a->descr, b->descr) &&
           same_probes(a, b);
}

static bool claims_too(const struct profile *p, const struct profile_match *m, const struct profile *q)
{
    for (size_t i = 0; i < q->match_count; i++)
        if (same_claim(p, m, q, &q->match[i]))
            return true;
    return false;
}

static void check_claims(struct complaints *c, const struct profile_set *set, const struct profile_file *files,
                         size_t i)
{
    const struct profile *p = &set->profiles[i];
    for (size_t m = 0; m < p->match_count && !p->standard; m++)
        for (size_t k = 0; k < i; k++)
            if (!set->profiles[k].standard && claims_too(p, &p->match[m], &set->profiles[k])) {
                complain(c, match_at(files[i].root, m)->at,
                         "%s claims the very same devices with the same rank", files[k].path);
                break;
            }
}

static void check_without(struct complaints *c, const struct profile_set *set, const struct yaml *root,
                          const struct profile *p)
{
    for (size_t i = 0; i < p->without_count; i++) {
        const char *name = p->without[i] ? p->without[i] : "";
        const struct profile *other = profile_find(set, name);
        struct nearest near = nearest_to(name);
        for (size_t k = 0; k < set->profiles_count && !other; k++)
            if (set->profiles[k].standard)
                nearest_offer(&near, set->profiles[k].name);
        if (!other || !other->standard)
            complain(c, piece_at(yaml_get(root, "without"), i)->at, "no standard profile is called '%.80s'"
                     NEAREST_FORMAT, name, NEAREST_ARGS(near));
    }
}

void profiles_check_together(struct complaints *c, const struct profile_set *set,
                             const struct profile_file *files)
{
    for (size_t i = 0; i < set->profiles_count; i++) {
        if (!files[i].root)
            continue;
        check_claims(c, set, files, i);
        check_without(c, set, files[i].root, &set->profiles[i]);
    }
}
