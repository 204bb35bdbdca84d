#include "poller/diagnose/fact.h"

#include <stdlib.h>
#include <string.h>

static void forget(struct known_fact *f)
{
    free(f->name);
    free(f->subject);
    free(f->value);
}

void facts_fini(struct fact_table *t)
{
    for (size_t i = 0; i < t->count; i++)
        forget(&t->facts[i]);
    free(t->facts);
    *t = (struct fact_table){0};
}

static bool is(const struct known_fact *f, const char *name, const char *subject)
{
    return strcmp(f->name, name) == 0 && strcmp(f->subject, subject) == 0;
}

static struct known_fact *find(const struct fact_table *t, const char *name, const char *subject)
{
    if (t->next < t->count && is(&t->facts[t->next], name, subject))
        return &t->facts[t->next];
    for (size_t i = 0; i < t->count; i++)
        if (is(&t->facts[i], name, subject))
            return &t->facts[i];
    return NULL;
}

static struct known_fact *add(struct fact_table *t, const char *name, const char *subject)
{
    if (t->count == FACTS_PER_NODE_MAX)
        return NULL;
    if (t->count == t->capacity) {
        size_t capacity = t->capacity ? t->capacity * 2 : 16;
        struct known_fact *facts = reallocarray(t->facts, capacity, sizeof *facts);
        if (!facts)
            return NULL;
        t->facts = facts;
        t->capacity = capacity;
    }
    struct known_fact f = {.name = strdup(name), .subject = strdup(subject)};
    if (!f.name || !f.subject) {
        forget(&f);
        return NULL;
    }
    t->facts[t->count] = f;
    return &t->facts[t->count++];
}

bool facts_put(struct fact_table *t, const char *name, const char *subject, const char *value,
               struct mono now)
{
    struct known_fact *f = find(t, name, subject);
    if (!f)
        f = add(t, name, subject);
    if (!f) {
        t->refused++;
        return false;
    }
    t->next = (size_t)(f - t->facts) + 1;
    f->at = now;
    if (f->value && strcmp(f->value, value) == 0)
        return false;
    char *copy = strndup(value, FACT_VALUE_MAX_BYTES);
    if (!copy)
        return false;
    f->before_at = f->changed ? f->changed_at : (struct mono){0};
    f->changed = f->value != NULL;
    f->changed_at = now;
    free(f->value);
    f->value = copy;
    return true;
}

const struct known_fact *facts_find(const struct fact_table *t, const char *name,
                                    const char *subject)
{
    const struct known_fact *f = find(t, name, subject);
    return f && f->value ? f : NULL;
}

const char *facts_value(const struct fact_table *t, const char *name, const char *subject,
                        struct mono now, int64_t max_age_ns)
{
    const struct known_fact *f = facts_find(t, name, subject);
    return f && mono_since(now, f->at) <= max_age_ns ? f->value : NULL;
}

const char *fact_provider(const char *name)
{
    static const struct {
        const char *prefix, *kind;
    } providers[] = {
        {"port.", "snmp"}, {"sys.", "snmp"}, {"internet.", "internet"}, {"arp.", "arp"},
    };
    for (size_t i = 0; i < sizeof providers / sizeof *providers; i++)
        if (strncmp(name, providers[i].prefix, strlen(providers[i].prefix)) == 0)
            return providers[i].kind;
    return NULL;
}
