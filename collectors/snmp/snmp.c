/* snmp: who a device is, which ports it has, what passed through them. See device.h for a round's course. */
#include <stdlib.h>

#include "collectors/collector.h"
#include "collectors/snmp/device.h"
#include "poller/base/log.h"

static const char *const version_words[] = {"auto", "1", "2c", NULL};

static const struct field fields[] = {
    {FIELD(struct snmp_options, community, FIELD_SECRET), .flags = FIELD_SHORT, .standard = "public",
     .help = "the community, for versions 1 and 2c"},
    {FIELD(struct snmp_options, version, FIELD_ENUM), .words = version_words, .standard = "auto",
     .help = "auto asks by 2c first, then by 1, and remembers"},
    {FIELD(struct snmp_options, port, FIELD_INT), .standard = "161", .min = 1, .max = 65535,
     .help = "UDP port of the agent"},
    {.name = "timeout", .type = FIELD_DURATION, .offset = offsetof(struct snmp_options, timeout_ns),
     .standard = "2s", .min = MILLISECONDS(100), .max = SECONDS(30),
     .help = "how long the first answer may take; later ones by what was learned"},
    {FIELD(struct snmp_options, retries, FIELD_INT), .standard = "2", .min = 0, .max = 10,
     .help = "so often a question is asked again"},
};

static const struct record snmp_record = {.name = "snmp",
                                          .size = sizeof(struct snmp_options),
                                          .fields = fields,
                                          .field_count = sizeof fields / sizeof fields[0]};

struct collector_instance {
    const struct env *env;
    struct snmp_client *client;
    struct catalogue *catalogue;
    struct device **devices; /* by check id; NULL: none */
    size_t capacity;
};

static struct collector_instance *snmp_create(const struct env *env)
{
    struct collector_instance *i = calloc(1, sizeof *i);
    if (!i)
        return NULL;
    i->env = env;
    i->client = snmp_client_create(env);
    i->catalogue = catalogue_create(env->profiles);
    if (!i->client || !i->catalogue) {
        snmp_client_destroy(i->client);
        catalogue_release(i->catalogue);
        free(i);
        return NULL;
    }
    packets_receive(env->packets, PACKETS_UDP, snmp_client_receive, i->client);
    return i;
}

static struct device *device_of(const struct collector_instance *i, uint32_t check)
{
    return check < i->capacity ? i->devices[check] : NULL;
}

static bool grow(struct collector_instance *i, uint32_t check)
{
    size_t capacity = i->capacity ? i->capacity : 16;
    while (capacity <= check)
        capacity *= 2;
    struct device **devices = realloc(i->devices, capacity * sizeof(struct device *));
    if (!devices)
        return false;
    for (size_t k = i->capacity; k < capacity; k++)
        devices[k] = NULL;
    i->devices = devices;
    i->capacity = capacity;
    return true;
}

static void snmp_cancel(struct collector_instance *i, uint32_t check, uint32_t round)
{
    struct device *d = device_of(i, check);
    if (d)
        device_cancel(d, round);
}

static void snmp_drop(struct collector_instance *i, uint32_t check)
{
    struct device *d = device_of(i, check);
    if (!d)
        return;
    if (d->regular.running)
        device_cancel(d, d->regular.number);
    if (d->quick.running)
        device_cancel(d, d->quick.number);
    device_destroy(d);
    i->devices[check] = NULL;
}

/* After a reload that changed the profiles. Devices not yet adopted again go on by the old ones. */
static bool renew_catalogue(struct collector_instance *i)
{
    if (catalogue_set(i->catalogue) == i->env->profiles)
        return true;
    struct catalogue *new = catalogue_create(i->env->profiles);
    if (!new)
        return false;
    catalogue_release(i->catalogue);
    i->catalogue = new;
    return true;
}

static bool snmp_adopt(struct collector_instance *i, const struct check_setting *s)
{
    if ((s->check >= i->capacity && !grow(i, s->check)) || !renew_catalogue(i))
        return false;
    snmp_drop(i, s->check);
    if (!s->address_count)
        return true; /* its name has no address yet: asked when it has one */
    i->devices[s->check] = device_create(i->env, i->client, i->catalogue, s);
    if (!i->devices[s->check])
        log_warnx("snmp", "%s: cannot be asked: no memory or a community over %d bytes", s->node,
                  SNMP_COMMUNITY_MAX);
    return i->devices[s->check] != NULL;
}

static void report_own_fault(struct collector_instance *i, uint32_t check, uint32_t round,
                             enum round_kind kind, const char *reason)
{
    struct instant now = i->env->now(i->env->ctx);
    struct report r = {.check = check,
                       .round = round,
                       .kind = kind,
                       .outcome = OUTCOME_OWN_FAULT,
                       .reason = reason,
                       .started = now.mono,
                       .ended = now.mono};
    i->env->report(i->env->ctx, &r);
}

static void snmp_start(struct collector_instance *i, uint32_t check, uint32_t round,
                       enum round_kind kind, struct mono deadline)
{
    struct device *d = device_of(i, check);
    if (!d)
        report_own_fault(i, check, round, kind, "no-address");
    else if (!packets_available(i->env->packets, PACKETS_UDP))
        report_own_fault(i, check, round, kind, "no-socket");
    else
        device_start(d, round, kind, deadline);
}

static void snmp_flush(struct collector_instance *i)
{
    snmp_client_flush(i->client);
}

static void snmp_destroy(struct collector_instance *i)
{
    if (!i)
        return;
    packets_receive(i->env->packets, PACKETS_UDP, NULL, i->client);
    for (size_t k = 0; k < i->capacity; k++)
        device_destroy(i->devices[k]);
    snmp_client_destroy(i->client);
    catalogue_release(i->catalogue);
    free(i->devices);
    free(i);
}

const struct collector snmp_collector = {
    .name = "snmp",
    .summary = "asks a device's SNMP agent for its identity, its ports and their traffic",
    .options = &snmp_record,
    .interval_ns = SECONDS(60),
    .profiles = true,
    .create = snmp_create,
    .adopt = snmp_adopt,
    .drop = snmp_drop,
    .start = snmp_start,
    .flush = snmp_flush,
    .cancel = snmp_cancel,
    .destroy = snmp_destroy,
};
