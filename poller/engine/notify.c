#include "poller/engine/notify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/engine/draft.h"

static void queue_one(struct engine *e, struct incident_record *r,
                      const struct config_receiver *to, enum message_kind kind)
{
    char key[256];
    snprintf(key, sizeof key, "%s/%s/%s/%u", r->in.id, to->name, message_kind_words[kind],
             r->messages);
    struct outbox_entry entry = {.key = key, .incident = r->in.id, .receiver = to->name,
                                 .kind = kind, .created = e->now.wall};
    draft_outbox(e, &entry);
}

/* Wants incidents of that weight; and where there is an upstream that tells of them, from here too. */
static bool is_for(const struct engine *e, const struct incident_record *r, const struct config_receiver *to)
{
    return r->in.severity >= to->least && (!e->config->upstream.url || to->always);
}

static void queue(struct engine *e, struct incident_record *r, enum message_kind kind)
{
    unsigned told = 0;
    r->messages++;
    for (size_t i = 0; i < e->config->receivers_count; i++) {
        const struct config_receiver *to = &e->config->receivers[i];
        if (!is_for(e, r, to))
            continue;
        queue_one(e, r, to, kind);
        told++;
    }
    memmove(r->queued_at + 1, r->queued_at, sizeof r->queued_at - sizeof *r->queued_at);
    r->queued_at[0] = e->now.mono;
    if (told)
        draft_incident(e, r);
}

static struct mono limit(const struct incident_record *r)
{
    struct mono oldest = r->queued_at[MESSAGES_IN_WINDOW - 1];
    return oldest.ns ? mono_after(oldest, damping_window_ns(&r->damping)) : (struct mono){0};
}

static int64_t shortest_reminder(const struct engine *e, const struct incident_record *r)
{
    int64_t shortest = 0;
    for (size_t i = 0; i < e->config->receivers_count; i++) {
        const struct config_receiver *to = &e->config->receivers[i];
        if (to->remind_ns > 0 && is_for(e, r, to) &&
            (!shortest || to->remind_ns < shortest))
            shortest = to->remind_ns;
    }
    return shortest;
}

static void arm_reminder(struct engine *e, struct incident_record *r)
{
    int64_t wait = shortest_reminder(e, r);
    if (wait && !r->in.acknowledged.ns)
        alarm_set(&e->alarms, &r->remind, mono_after(e->now.mono, wait));
}

static bool is_due_again(const struct config_receiver *to, int64_t open_ns, int64_t step_ns)
{
    return to->remind_ns > 0 && open_ns / to->remind_ns != (open_ns - step_ns) / to->remind_ns;
}

static void on_remind(void *ctx, struct alarm *a)
{
    struct engine *e = ctx;
    struct incident_record *r = ALARM_OWNER(a, struct incident_record, remind);
    int64_t step = shortest_reminder(e, r);
    if (!r->open || !r->told || r->in.acknowledged.ns || !step)
        return;
    int64_t open_ns = step * ++r->reminders;
    r->messages++;
    for (size_t i = 0; i < e->config->receivers_count; i++) {
        const struct config_receiver *to = &e->config->receivers[i];
        if (is_for(e, r, to) && is_due_again(to, open_ns, step))
            queue_one(e, r, to, MESSAGE_REMINDER);
    }
    draft_incident(e, r);
    arm_reminder(e, r);
}

static void on_message(void *ctx, struct alarm *a)
{
    struct engine *e = ctx;
    struct incident_record *r = ALARM_OWNER(a, struct incident_record, message);
    if (r->open && !r->told) {
        incident_tell(r);
        queue(e, r, MESSAGE_OPENED);
        r->reminders = 0;
        arm_reminder(e, r);
    } else if (!r->open && r->told) {
        r->told = false;
        queue(e, r, MESSAGE_RESOLVED);
    } else if (r->open && r->told_kind != r->in.cause.kind) {
        incident_tell(r);
        queue(e, r, MESSAGE_CHANGED);
    }
}

void notify_prepare(struct incident_record *r)
{
    r->message.ring = on_message;
    r->remind.ring = on_remind;
}

static void arm(struct engine *e, struct incident_record *r, struct mono at)
{
    struct mono allowed = limit(r);
    alarm_set(&e->alarms, &r->message, mono_before(at, allowed) ? allowed : at);
}

/* How long it must fail on before it is told. What was told as solved a while ago and is back must last,
 * or a flapping link is a stream of messages; what never lasted and was never told is told when the hold
 * has passed since it first failed, or a flapping link is silence. */
static int64_t opening_wait(const struct engine *e, const struct incident_record *r)
{
    int64_t hold_ns = e->config->notify.hold_ns, last_ns = r->queued_at[0].ns;
    if (last_ns && mono_since(e->now.mono, r->queued_at[0]) < damping_window_ns(&r->damping)) {
        int64_t steady_ns = damping_wait_ns(&r->damping);
        return steady_ns > hold_ns ? steady_ns : hold_ns;
    }
    int64_t held_ns = mono_since(e->now.mono, r->opened_at);
    return held_ns < hold_ns ? hold_ns - held_ns : 0;
}

void notify_opened(struct engine *e, struct incident_record *r)
{
    if (!r->told)
        arm(e, r, mono_after(e->now.mono, opening_wait(e, r)));
    else
        alarm_stop(&e->alarms, &r->message); /* the resolved message that was due is void */
}

/* Neither that it began nor that its cause is another need be told of what is well: its end will be. */
void notify_well(struct engine *e, struct incident_record *r)
{
    alarm_stop(&e->alarms, &r->message);
}

void notify_kind_changed(struct engine *e, struct incident_record *r)
{
    if (r->told && r->open && !r->damping.flaps && r->told_kind != r->in.cause.kind)
        arm(e, r, mono_after(e->now.mono, e->config->notify.hold_ns));
}

void notify_resolved(struct engine *e, struct incident_record *r)
{
    alarm_stop(&e->alarms, &r->remind);
    if (!r->told) {
        alarm_stop(&e->alarms, &r->message); /* gone within the hold: nobody need know */
        return;
    }
    arm(e, r, e->now.mono);
    if (!mono_before(e->now.mono, r->message.at)) {
        alarm_stop(&e->alarms, &r->message);
        on_message(e, &r->message);
    }
}

static uint32_t number_of(const char *key)
{
    const char *slash = key ? strrchr(key, '/') : NULL;
    return slash ? (uint32_t)strtoul(slash + 1, NULL, 10) : 0;
}

/* Its rows, one a receiver, come one after another and are as old as each other. */
static void restore_time(struct engine *e, struct incident_record *r, struct wall created)
{
    int64_t ago_ns = e->now.wall.ns - created.ns;
    struct mono at = mono_after(e->now.mono, ago_ns > 0 ? -ago_ns : 0);
    if (at.ns == r->queued_at[0].ns)
        return;
    memmove(r->queued_at + 1, r->queued_at, sizeof r->queued_at - sizeof *r->queued_at);
    r->queued_at[0] = at;
}

void notify_restore(struct engine *e, const struct outbox_entry *sent)
{
    for (size_t i = 0; i < e->incident_count && sent->incident; i++) {
        struct incident_record *r = e->incidents[i];
        if (strcmp(sent->incident, r->in.id) != 0)
            continue;
        uint32_t number = number_of(sent->key);
        r->messages = number > r->messages ? number : r->messages;
        r->told = sent->kind != MESSAGE_RESOLVED;
        if (sent->kind != MESSAGE_REMINDER)
            restore_time(e, r, sent->created);
    }
}

void notify_resume(struct engine *e, struct incident_record *r)
{
    if (!r->open) {
        notify_resolved(e, r);
        return;
    }
    if (!r->told) {
        arm(e, r, mono_after(e->now.mono, opening_wait(e, r)));
        return;
    }
    arm_reminder(e, r);
    notify_kind_changed(e, r);
}

bool notify_test(struct engine *e, const char *receiver)
{
    for (size_t i = 0; e->config && i < e->config->receivers_count; i++) {
        const struct config_receiver *to = &e->config->receivers[i];
        if (strcmp(to->name, receiver) != 0)
            continue;
        char key[160];
        snprintf(key, sizeof key, "test/%s/%016llx", receiver,
                 (unsigned long long)engine_random(e));
        struct outbox_entry entry = {.key = key, .receiver = to->name, .kind = MESSAGE_TEST,
                                     .created = e->now.wall,
                                     .text = (char *)"This is a test message from hayloft."};
        draft_outbox(e, &entry);
        return true;
    }
    return false;
}
