/* snmp: who a device is, which ports it has, what passed through them. See device.h for a round's course. */
#include <stdlib.h>
#include <string.h>

#include "collectors/collector.h"
#include "collectors/protocol/snmp_keys.h"
#include "collectors/snmp/device.h"
#include "poller/base/arena.h"
#include "poller/base/log.h"

static const char *const version_words[] = {"auto", "1", "2c", "3", NULL};
static const char *const level_words[] = {"auto", "noAuthNoPriv", "authNoPriv", "authPriv", NULL};

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
    {FIELD(struct snmp_options, user, FIELD_TEXT), .help = "who we are, for version 3"},
    {FIELD(struct snmp_options, level, FIELD_ENUM), .words = level_words, .standard = "auto",
     .help = "how safely version 3 asks; auto: as the passwords given allow"},
    {FIELD(struct snmp_options, auth, FIELD_ENUM), .words = snmp_auth_words, .standard = "sha256",
     .help = "the digest of authentication"},
    {FIELD(struct snmp_options, auth_password, FIELD_SECRET), .help = "at least 8 characters"},
    {FIELD(struct snmp_options, priv, FIELD_ENUM), .words = snmp_priv_words, .standard = "aes128",
     .help = "the cipher of privacy"},
    {FIELD(struct snmp_options, priv_password, FIELD_SECRET), .help = "at least 8 characters"},
    {FIELD(struct snmp_options, context, FIELD_TEXT),
     .help = "a context of the agent's, where it has several"},
};

static void check_options(const void *value, field_complain complain, void *ctx);

static const struct record snmp_record = {.name = "snmp",
                                          .size = sizeof(struct snmp_options),
                                          .fields = fields,
                                          .field_count = sizeof fields / sizeof fields[0],
                                          .check = check_options};

static bool given(const char *text)
{
    return text && *text;
}

enum snmp_level snmp_options_level(const struct snmp_options *o)
{
    if (o->level != OPTION_LEVEL_AUTO)
        return (enum snmp_level)(o->level - OPTION_NO_AUTH);
    if (!given(o->auth_password))
        return SNMP_NO_AUTH;
    return given(o->priv_password) ? SNMP_AUTH_PRIV : SNMP_AUTH_NO_PRIV;
}

static void check_password(const char *member, const char *password, bool needed,
                           field_complain complain, void *ctx)
{
    if (given(password) && strlen(password) < SNMP_PASSWORD_LEAST)
        complain(ctx, member, "shorter than 8 characters: version 3 allows none such");
    else if (needed && !given(password))
        complain(ctx, member, "missing, though the level needs it");
}

static void check_version_3(const struct snmp_options *o, field_complain complain, void *ctx)
{
    enum snmp_level level = snmp_options_level(o);
    bool needs_auth = level >= SNMP_AUTH_NO_PRIV;
    if (!given(o->user))
        complain(ctx, "user", "missing: version 3 asks under a user's name");
    else if (strlen(o->user) > SNMP_USER_MAX)
        complain(ctx, "user", "longer than 32 bytes");
    if (given(o->context) && strlen(o->context) > SNMP_CONTEXT_MAX)
        complain(ctx, "context", "longer than 255 bytes");
    if (given(o->priv_password) && !given(o->auth_password) && !needs_auth)
        complain(ctx, "priv_password", "privacy needs authentication: give an auth_password too");
    check_password("auth_password", o->auth_password, needs_auth, complain, ctx);
    check_password("priv_password", o->priv_password, level == SNMP_AUTH_PRIV, complain, ctx);
}

static void check_options(const void *value, field_complain complain, void *ctx)
{
    const struct snmp_options *o = value;
    const char *const members[] = {"user", "auth_password", "priv_password", "context"};
    const char *const values[] = {o->user, o->auth_password, o->priv_password, o->context};
    if (o->version == OPTION_V3)
        check_version_3(o, complain, ctx);
    for (size_t i = 0; o->version != OPTION_V3 && i < sizeof members / sizeof members[0]; i++)
        if (given(values[i]))
            complain(ctx, members[i], "is for version 3 only: write `version: 3`");
}

struct collector_instance {
    struct device_means means;
    struct device **devices; /* by check id; NULL: none */
    size_t capacity;
};

static void on_engine(void *ctx, struct device *d);
static void on_watch(void *arg);

static struct collector_instance *snmp_create(const struct env *env)
{
    struct collector_instance *i = calloc(1, sizeof *i);
    if (!i)
        return NULL;
    i->means.env = env;
    i->means.listener = (struct engine_listener){on_engine, i};
    i->means.on_watch = on_watch;
    i->means.watcher = i;
    snmp_keys_prepare();
    i->means.client = snmp_client_create(env);
    i->means.catalogue = catalogue_create(env->profiles);
    if (!i->means.client || !i->means.catalogue) {
        snmp_client_destroy(i->means.client);
        catalogue_release(i->means.catalogue);
        free(i);
        return NULL;
    }
    packets_receive(env->packets, PACKETS_UDP, snmp_client_receive, i->means.client);
    return i;
}

static struct device *device_of(const struct collector_instance *i, uint32_t check)
{
    return check < i->capacity ? i->devices[check] : NULL;
}

/* A report may end its device, and others. */
static void on_watch(void *arg)
{
    struct collector_instance *i = arg;
    struct mono now = i->means.env->now(i->means.env->ctx).mono, next = MONO_NEVER;
    device_means_watched(&i->means);
    for (uint32_t k = 0; k < i->capacity; k++) {
        while (i->devices[k] && device_expire(i->devices[k], now))
            continue;
        if (i->devices[k])
            next = mono_earlier(next, device_deadline(i->devices[k]));
    }
    snmp_client_flush(i->means.client);
    device_means_watch(&i->means, next);
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
    if (d->wiring)
        device_cancel(d, d->wiring->round.number);
    for (size_t k = 0; d->secure && k < i->capacity; k++)
        if (i->devices[k] && k != check)
            device_forget_twin(i->devices[k], d->node);
    device_destroy(d);
    i->devices[check] = NULL;
}

static void snmp_pace(struct collector_instance *i, uint32_t check, unsigned slower)
{
    struct device *d = device_of(i, check);
    if (d)
        device_pace(d, slower);
}

/* After a reload that changed the profiles. Devices not yet adopted again go on by the old ones. */
static bool renew_catalogue(struct collector_instance *i)
{
    if (catalogue_set(i->means.catalogue) == i->means.env->profiles)
        return true;
    struct catalogue *new = catalogue_create(i->means.env->profiles);
    if (!new)
        return false;
    catalogue_release(i->means.catalogue);
    i->means.catalogue = new;
    return true;
}

/* Engine ids are meant to be unique, but come cloned: with a copied configuration, or an image. */
static void on_engine(void *ctx, struct device *d)
{
    struct collector_instance *i = ctx;
    for (size_t k = 0; k < i->capacity; k++)
        if (i->devices[k] && i->devices[k] != d)
            device_compare_engines(d, i->devices[k]);
}

static bool snmp_adopt(struct collector_instance *i, const struct check_setting *s)
{
    if ((s->check >= i->capacity && !grow(i, s->check)) || !renew_catalogue(i))
        return false;
    snmp_drop(i, s->check);
    if (!s->address_count)
        return true; /* its name has no address yet: asked when it has one */
    i->devices[s->check] = device_create(&i->means, s);
    if (!i->devices[s->check])
        log_warnx("snmp", "%s: cannot be asked: no memory or a community over %d bytes", s->node,
                  SNMP_COMMUNITY_MAX);
    return i->devices[s->check] != NULL;
}

static void report_own_fault(struct collector_instance *i, uint32_t check, uint32_t round,
                             enum round_kind kind, const char *reason)
{
    struct instant now = i->means.env->now(i->means.env->ctx);
    struct report r = {.check = check,
                       .round = round,
                       .kind = kind,
                       .outcome = OUTCOME_OWN_FAULT,
                       .reason = reason,
                       .started = now.mono,
                       .ended = now.mono};
    i->means.env->report(i->means.env->ctx, &r);
}

static void snmp_start(struct collector_instance *i, uint32_t check, uint32_t round,
                       enum round_kind kind, struct mono deadline)
{
    struct device *d = device_of(i, check);
    if (!d)
        report_own_fault(i, check, round, kind, "no-address");
    else if (!packets_available(i->means.env->packets, PACKETS_UDP))
        report_own_fault(i, check, round, kind, "no-socket");
    else
        device_start(d, round, kind, deadline);
}

static void snmp_flush(struct collector_instance *i)
{
    snmp_client_flush(i->means.client);
}

static void snmp_destroy(struct collector_instance *i)
{
    if (!i)
        return;
    packets_receive(i->means.env->packets, PACKETS_UDP, NULL, i->means.client);
    for (size_t k = 0; k < i->capacity; k++)
        device_destroy(i->devices[k]);
    snmp_client_destroy(i->means.client);
    catalogue_release(i->means.catalogue);
    device_means_fini(&i->means);
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
    .pace = snmp_pace,
    .drop = snmp_drop,
    .start = snmp_start,
    .flush = snmp_flush,
    .cancel = snmp_cancel,
    .destroy = snmp_destroy,
};
