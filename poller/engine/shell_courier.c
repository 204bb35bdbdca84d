/* Pages fetched, and devices' own interfaces read, for checks: courier does it, which alone knows HTTP and
 * TLS. It is started on demand; when it cannot be had in time, that is our own fault and never the page's. */
#include <stdlib.h>
#include <string.h>

#include "poller/base/log.h"
#include "poller/engine/shell.h"
#include "poller/message/store_courier.h"

#define COURIER_SLACK_S 5   /* for starting it, beyond the fetch's own timeout */
#define ERRANDS_MAX 1024    /* at a time; more is our own fault */

/* One thing courier is asked for. */
struct errand {
    struct errand *next, **link;
    struct shell_courier *courier;
    struct timer deadline;
    struct arena *arena; /* of request */
    enum engine_to_courier type;
    const struct record *record;
    void *request;
    uint32_t id;
    fetch_fn fetched;     /* of EC_FETCH */
    consult_fn consulted; /* of EC_CONSULT */
    ups_fn told;          /* of EC_UPS */
    void *arg;
    bool sent;
};

struct shell_courier {
    struct shell *shell;
    struct channel *channel;
    struct errand *all;
    size_t count;
    uint32_t last_id;
};

struct shell_courier *shell_courier_create(struct shell *s)
{
    struct shell_courier *c = calloc(1, sizeof *c);
    if (!c)
        fatal("no memory for the courier's link");
    c->shell = s;
    return c;
}

static void let_go(struct errand *e)
{
    *e->link = e->next;
    if (e->next)
        e->next->link = e->link;
    e->courier->count--;
    shell_timer_stop(e->courier->shell, &e->deadline);
}

static void errand_free(struct errand *e)
{
    arena_destroy(e->arena);
    free(e);
}

static const struct fetch_answer no_page = {
    .own_fault = true, .error = "own fault", .error_detail = "courier does not answer"};
static const struct consult_answer no_talk = {
    .own_fault = true, .reason = "courier", .detail = "courier does not answer"};

static const struct ups_answer no_ups = {
    .own_fault = true, .error = "courier", .error_detail = "courier does not answer"};

static void give_up(struct errand *e)
{
    let_go(e);
    if (e->type == EC_FETCH)
        e->fetched(e->arg, &no_page);
    else if (e->type == EC_CONSULT)
        e->consulted(e->arg, &no_talk);
    else
        e->told(e->arg, &no_ups);
    errand_free(e);
}

static void on_deadline(void *arg)
{
    give_up(arg);
}

static void send_off(struct shell_courier *c, struct errand *e)
{
    if (!c->channel) {
        role_want(c->shell->role, ROLE_COURIER);
        return;
    }
    e->sent = channel_send(c->channel, e->type, e->record, e->request);
}

/* shallow: the request, of size bytes; its copy lives with the errand. NULL: there are too many. */
static struct errand *errand_create(struct shell_courier *c, enum engine_to_courier type,
                                    const struct record *record, const void *shallow)
{
    struct errand *e = c->count < ERRANDS_MAX ? calloc(1, sizeof *e) : NULL;
    if (!e)
        return NULL;
    *e = (struct errand){.courier = c, .type = type, .record = record, .arena = arena_create(0),
                         .deadline = {.ring = on_deadline, .arg = e}, .next = c->all, .link = &c->all};
    e->request = e->arena ? arena_take(e->arena, record->size) : NULL;
    if (!e->request || !field_copy(record, shallow, NULL, e->arena, e->request))
        fatal("no memory to ask the courier");
    if (e->next)
        e->next->link = &e->next;
    c->all = e;
    c->count++;
    return e;
}

static void errand_start(struct errand *e, uint32_t id, int64_t timeout_ns)
{
    e->id = id;
    shell_timer_set(e->courier->shell, &e->deadline,
                    mono_after(clock_mono(), timeout_ns + SECONDS(COURIER_SLACK_S)));
    send_off(e->courier, e);
}

/* ---- pages ---- */

void shell_courier_fetch(struct shell_courier *c, const struct fetch_request *r, fetch_fn fn,
                         void *arg)
{
    size_t count = 0;
    while (r->headers && r->headers[count])
        count++;
    if (r->header_count && r->header_count < count)
        count = r->header_count;
    struct ec_fetch shallow = {.id = ++c->last_id,
                               .url = (char *)(uintptr_t)r->url,
                               .headers = (char **)(uintptr_t)r->headers,
                               .headers_count = count,
                               .timeout_ns = r->timeout_ns,
                               .body_max_bytes = (int64_t)r->body_max_bytes,
                               .verify_tls = r->verify_tls};
    struct errand *e = errand_create(c, EC_FETCH, &ec_fetch_record, &shallow);
    if (!e) {
        fn(arg, &no_page);
        return;
    }
    e->fetched = fn;
    e->arg = arg;
    errand_start(e, shallow.id, r->timeout_ns);
}

static void hand_over_page(struct errand *e, const struct ce_fetched *m)
{
    struct fetch_answer a = {.error = m->error && *m->error ? m->error : NULL,
                             .error_detail = m->error_detail,
                             .status = (int)m->status,
                             .body = m->body.data,
                             .body_len = m->body.len,
                             .name_lookup_ns = m->name_lookup_ns,
                             .connect_ns = m->connect_ns,
                             .first_byte_ns = m->first_byte_ns,
                             .total_ns = m->total_ns,
                             .certificate_expires = m->certificate_expires,
                             .certificate_subject = m->certificate_subject};
    let_go(e);
    e->fetched(e->arg, &a);
    errand_free(e);
}

/* ---- talks with devices ---- */

static bool is_named(const struct http_profile *p, const char *meaning)
{
    for (size_t i = 0; i < p->readings_count; i++)
        if (p->readings[i].meaning && strcmp(p->readings[i].meaning, meaning) == 0)
            return true;
    return false;
}

/* Those the profile names; NULL: no memory, or none. */
static struct meaning *pick_meanings(const struct consult_request *r, size_t *count)
{
    const struct profile_set *set = r->meanings;
    struct meaning *picked = calloc(set->meanings_count + 1, sizeof *picked);
    for (size_t i = *count = 0; picked && i < set->meanings_count; i++)
        if (is_named(r->profile, set->meanings[i].name))
            picked[(*count)++] = set->meanings[i];
    return picked;
}

void shell_courier_consult(struct shell_courier *c, const struct consult_request *r, consult_fn fn,
                           void *arg)
{
    size_t count;
    struct meaning *meanings = pick_meanings(r, &count);
    struct ec_consult shallow = {.id = ++c->last_id,
                                 .node = (char *)(uintptr_t)r->node,
                                 .url = (char *)(uintptr_t)r->url,
                                 .user = (char *)(uintptr_t)r->user,
                                 .password = (char *)(uintptr_t)r->password,
                                 .timeout_ns = r->timeout_ns,
                                 .verify_tls = r->verify_tls,
                                 .pin = (char *)(uintptr_t)r->pin,
                                 .profile = *r->profile,
                                 .meanings = meanings,
                                 .meanings_count = count};
    struct errand *e = meanings ? errand_create(c, EC_CONSULT, &ec_consult_record, &shallow) : NULL;
    free(meanings);
    if (!e) {
        fn(arg, &no_talk);
        return;
    }
    e->consulted = fn;
    e->arg = arg;
    errand_start(e, shallow.id, r->timeout_ns);
}

static void hand_over_talk(struct errand *e, const struct ce_consulted *m)
{
    struct consult_answer a = {.end = m->end,
                               .reason = m->reason ? m->reason : "",
                               .detail = m->detail && *m->detail ? m->detail : NULL,
                               .readings = m->readings,
                               .reading_count = m->readings_count,
                               .model = m->model,
                               .version = m->version,
                               .serial = m->serial,
                               .total_ns = m->total_ns,
                               .certificate_expires = m->certificate_expires};
    let_go(e);
    e->consulted(e->arg, &a);
    errand_free(e);
}

/* ---- UPSes ---- */

void shell_courier_ask_ups(struct shell_courier *c, const struct ups_request *r, ups_fn fn, void *arg)
{
    struct ec_ups shallow = {.id = ++c->last_id,
                             .host = (char *)(uintptr_t)r->host,
                             .ups = (char *)(uintptr_t)r->ups,
                             .port = r->port,
                             .timeout_ns = r->timeout_ns};
    struct errand *e = errand_create(c, EC_UPS, &ec_ups_record, &shallow);
    if (!e) {
        fn(arg, &no_ups);
        return;
    }
    e->told = fn;
    e->arg = arg;
    errand_start(e, shallow.id, r->timeout_ns);
}

static void hand_over_ups(struct errand *e, const struct ce_ups *m)
{
    bool wrong = m->error && *m->error;
    struct ups_answer a = {.own_fault = wrong && strcmp(m->error, "own fault") == 0,
                           .error = wrong ? m->error : NULL,
                           .error_detail = m->error_detail,
                           .names = (const char *const *)m->names,
                           .values = (const char *const *)m->values,
                           .count = m->names_count < m->values_count ? m->names_count : m->values_count,
                           .total_ns = m->total_ns};
    let_go(e);
    e->told(e->arg, &a);
    errand_free(e);
}

/* ---- the link ---- */

static struct errand *errand_of(const struct shell_courier *c, enum engine_to_courier type, uint32_t id)
{
    struct errand *e = c->all;
    while (e && (e->type != type || e->id != id))
        e = e->next;
    return e;
}

static void take_answer(struct shell_courier *c, const struct frame *frame, struct arena *a)
{
    struct ce_fetched page;
    struct ce_consulted talk;
    struct ce_ups ups;
    struct errand *e;
    if (frame->type == CE_FETCHED && frame_unpack(frame, &ce_fetched_record, a, &page)) {
        if ((e = errand_of(c, EC_FETCH, page.id)))
            hand_over_page(e, &page);
    } else if (frame->type == CE_CONSULTED && frame_unpack(frame, &ce_consulted_record, a, &talk)) {
        if ((e = errand_of(c, EC_CONSULT, talk.id)))
            hand_over_talk(e, &talk);
    } else if (frame->type == CE_UPS && frame_unpack(frame, &ce_ups_record, a, &ups)) {
        if ((e = errand_of(c, EC_UPS, ups.id)))
            hand_over_ups(e, &ups);
    }
}

static void on_message(void *ctx, struct channel *channel, const struct frame *frame)
{
    struct arena *a = arena_create(0);
    if (a)
        take_answer(ctx, frame, a);
    arena_destroy(a);
}

static void on_closed(void *ctx, struct channel *channel)
{
    struct shell_courier *c = ctx;
    if (c->channel == channel)
        c->channel = NULL;
    channel_destroy(channel);
    bool waiting = false;
    for (struct errand *f = c->all; f; f = f->next) {
        f->sent = false; /* asked again of the next one, within its deadline */
        waiting = true;
    }
    if (waiting)
        role_want(c->shell->role, ROLE_COURIER);
}

void shell_courier_connect(struct shell_courier *c, int fd)
{
    channel_destroy(c->channel);
    c->channel = channel_create(c->shell->loop, fd, on_message, on_closed, c);
    for (struct errand *f = c->all; f && c->channel; f = f->next)
        if (!f->sent)
            send_off(c, f);
}

void shell_courier_destroy(struct shell_courier *c)
{
    if (!c)
        return;
    while (c->all)
        give_up(c->all);
    channel_destroy(c->channel);
    free(c);
}
