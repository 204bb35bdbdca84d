#include "poller/supervise.h"

#define LOOPING_ENDS  4          /* early ends in a row that are called a crash loop */
#define LEAVING_NS    SECONDS(2) /* a wish may cross an idle role on its way out */
#define DOUBLINGS_MAX 16

const struct supervise_policy supervise_standard = {
    .first_ns = SECONDS(1),
    .longest_ns = SECONDS(60),
    .settled_ns = SECONDS(5),
    .ask_ns = SECONDS(10),
    .hung_ns = SECONDS(30),
};

void supervise_init(struct supervised *s, bool on_demand)
{
    *s =
        (struct supervised){.on_demand = on_demand, .asked = MONO_NEVER, .wanted = {INT64_MIN / 2}};
}

void supervise_want(struct supervised *s, struct mono now)
{
    supervise_want_at(s, now, now);
}

void supervise_want_at(struct supervised *s, struct mono now, struct mono start_at)
{
    s->wanted = now;
    if (s->state != SUPERVISE_ABSENT)
        return;
    s->state = SUPERVISE_WAITING;
    s->start_at = start_at;
}

void supervise_hasten(struct supervised *s, struct mono now)
{
    if (s->state == SUPERVISE_WAITING && s->early_ends == 0)
        s->start_at = mono_earlier(s->start_at, now);
}

void supervise_started(struct supervised *s, const struct supervise_policy *p, struct mono now)
{
    s->state = SUPERVISE_RUNNING;
    s->started = now;
    s->asked = MONO_NEVER;
    s->ask_at = mono_after(now, p->ask_ns);
    s->killing = false;
}

void supervise_answered(struct supervised *s)
{
    s->asked = MONO_NEVER;
}

static int64_t restart_delay(const struct supervised *s, const struct supervise_policy *p,
                             enum supervise_end how)
{
    if (s->early_ends <= 1)
        return 0;
    if (how == SUPERVISE_KILLED)
        return p->first_ns;
    unsigned doublings = s->early_ends - 2;
    if (doublings > DOUBLINGS_MAX)
        return p->longest_ns;
    int64_t delay = p->first_ns << doublings;
    return delay < p->longest_ns ? delay : p->longest_ns;
}

void supervise_ended(struct supervised *s, const struct supervise_policy *p, enum supervise_end how,
                     struct mono now)
{
    if (s->state != SUPERVISE_RUNNING)
        return;
    s->asked = MONO_NEVER;
    if (s->on_demand && how == SUPERVISE_CLEAN) {
        s->state = SUPERVISE_ABSENT;
        s->early_ends = 0;
        if (mono_since(now, s->wanted) < LEAVING_NS)
            supervise_want(s, now);
        return;
    }
    s->early_ends = mono_since(now, s->started) < p->settled_ns ? s->early_ends + 1 : 0;
    s->state = SUPERVISE_WAITING;
    s->start_at = mono_after(now, restart_delay(s, p, how));
}

void supervise_dismiss(struct supervised *s)
{
    s->state = SUPERVISE_ABSENT;
    s->asked = MONO_NEVER;
    s->early_ends = 0;
}

enum supervise_action supervise_step(struct supervised *s, const struct supervise_policy *p,
                                     struct mono now)
{
    if (s->state == SUPERVISE_WAITING)
        return mono_before(now, s->start_at) ? SUPERVISE_NOTHING : SUPERVISE_START;
    if (s->state != SUPERVISE_RUNNING || s->killing)
        return SUPERVISE_NOTHING;
    if (s->asked.ns != MONO_NEVER.ns) {
        s->killing = mono_since(now, s->asked) >= p->hung_ns;
        return s->killing ? SUPERVISE_KILL : SUPERVISE_NOTHING;
    }
    if (mono_before(now, s->ask_at))
        return SUPERVISE_NOTHING;
    s->asked = now;
    s->ask_at = mono_after(now, p->ask_ns);
    return SUPERVISE_ASK;
}

struct mono supervise_due(const struct supervised *s, const struct supervise_policy *p)
{
    if (s->state == SUPERVISE_WAITING)
        return s->start_at;
    if (s->state != SUPERVISE_RUNNING || s->killing)
        return MONO_NEVER;
    struct mono due = s->asked.ns != MONO_NEVER.ns ? mono_after(s->asked, p->hung_ns) : s->ask_at;
    return s->in_trouble ? mono_earlier(due, mono_after(s->started, p->settled_ns)) : due;
}

bool supervise_looping(const struct supervised *s)
{
    return s->early_ends >= LOOPING_ENDS;
}

enum supervise_news supervise_news(struct supervised *s, const struct supervise_policy *p,
                                   struct mono now)
{
    bool settled = s->state == SUPERVISE_ABSENT ||
                   (s->state == SUPERVISE_RUNNING && mono_since(now, s->started) >= p->settled_ns);
    bool loops = !settled && (s->in_trouble || supervise_looping(s));
    if (loops == s->in_trouble)
        return SUPERVISE_NO_NEWS;
    s->in_trouble = loops;
    return loops ? SUPERVISE_LOOPS : SUPERVISE_LOOPS_NO_MORE;
}
