#include "poller/crew.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "poller/base/buf.h"
#include "poller/base/child.h"
#include "poller/base/frame.h"
#include "poller/base/log.h"
#include "poller/base/places.h"
#include "poller/message/parent_any.h"

/* Nothing but the engine is needed for the first echo, and the others load many libraries: until it asks, the
 * processor is its own. One that does not come up holds them back no longer than this. */
#define ENGINE_AHEAD_NS MILLISECONDS(100)

struct role_kind {
    const char *program;
    bool on_demand;
    bool sockets;          /* gets the privileged ones */
    bool raw_network;      /* may make its own: it alone keeps CAP_NET_RAW */
    int64_t stop_after_ns; /* told to stop so long after the stop began, unless all before it are
                              gone */
    int64_t kill_after_ns;
};

/* The engine first, so that store hears its last words; store last, so that nothing said is lost.
 */
static const struct role_kind kinds[ROLE_COUNT] = {
    [ROLE_ENGINE] = {.program = "hayloft-engine",
                     .sockets = true,
                     .kill_after_ns = MILLISECONDS(2000)},
    [ROLE_WEB] = {.program = "hayloft-web", .kill_after_ns = MILLISECONDS(2000)},
    [ROLE_PAINTER] = {.program = "hayloft-painter",
                      .on_demand = true,
                      .kill_after_ns = MILLISECONDS(2000)},
    [ROLE_WIRE] = {.program = "hayloft-wire",
                   .on_demand = true,
                   .raw_network = true,
                   .kill_after_ns = MILLISECONDS(2000)},
    [ROLE_COURIER] = {.program = "hayloft-courier",
                      .on_demand = true,
                      .stop_after_ns = MILLISECONDS(2000),
                      .kill_after_ns = MILLISECONDS(3000)},
    [ROLE_STORE] = {.program = "hayloft-store",
                    .stop_after_ns = MILLISECONDS(3000),
                    .kill_after_ns = MILLISECONDS(4800)},
};

static const struct {
    enum role a, b;
} links[] = {
    {ROLE_ENGINE, ROLE_STORE},  {ROLE_ENGINE, ROLE_COURIER}, {ROLE_ENGINE, ROLE_WEB},
    {ROLE_STORE, ROLE_COURIER}, {ROLE_STORE, ROLE_WEB},      {ROLE_WEB, ROLE_PAINTER},
    {ROLE_ENGINE, ROLE_WIRE},
};

void crew_init(struct crew *c, const struct supervise_policy *policy)
{
    *c = (struct crew){.policy = policy, .lock = -1};
    for (int i = 0; i < ROLE_COUNT; i++) {
        c->members[i].fd = -1;
        c->slices[i] = -1;
        supervise_init(&c->members[i].life, kinds[i].on_demand);
    }
}

const char *crew_program(const struct crew *c, const char *name, char *out)
{
    if (c->programs)
        snprintf(out, PLACES_PATH_MAX, "%s/%s", c->programs, name);
    else
        places_program(name, out);
    return out;
}

static void end_channel(struct crew_member *m)
{
    if (m->fd >= 0)
        close(m->fd);
    m->fd = -1;
}

static void kill_member(struct crew_member *m)
{
    if (m->pid > 0)
        kill(m->pid, SIGKILL);
}

bool crew_send(struct crew *c, enum role role, uint16_t type, const struct record *record,
               const void *value, int fd)
{
    struct crew_member *m = &c->members[role];
    if (m->fd < 0)
        return false;
    struct buf packed = {0};
    if (record)
        field_pack(record, value, NULL, &packed);
    enum frame_result r =
        packed.failed ? FRAME_BAD : frame_send(m->fd, type, packed.data, packed.len, fd);
    buf_fini(&packed);
    if (r == FRAME_AGAIN) {
        log_warnx("parent", "%s does not read its channel and is killed", role_words[role]);
        kill_member(m);
    }
    return r == FRAME_OK;
}

void crew_prepare(struct crew *c, enum role role, uint64_t generation, int slice)
{
    c->members[role].prepared = generation;
    crew_send(c, role, PA_PREPARE, &pa_generation_record, &(struct pa_generation){generation},
              slice);
}

void crew_prepare_late(struct crew *c)
{
    for (int i = 0; i < ROLE_COUNT; i++)
        if (c->members[i].fd >= 0 && c->slices[i] >= 0 && c->members[i].prepared != c->generation)
            crew_prepare(c, (enum role)i, c->generation, c->slices[i]);
}

void crew_kill(struct crew *c, enum role role)
{
    c->members[role].life.killing = true;
    kill_member(&c->members[role]);
}

static void link_peers(struct crew *c, enum role a, enum role b)
{
    int pair[2];
    if (c->members[a].fd < 0 || c->members[b].fd < 0)
        return;
    if (frame_pair(pair) != 0) {
        log_warn("parent", "cannot link %s and %s", role_words[a], role_words[b]);
        return;
    }
    crew_send(c, a, PA_PEER, &pa_peer_record, &(struct pa_peer){b}, pair[0]);
    crew_send(c, b, PA_PEER, &pa_peer_record, &(struct pa_peer){a}, pair[1]);
    close(pair[0]);
    close(pair[1]);
}

static void hand_over(struct crew *c, enum role role)
{
    for (int i = 0; kinds[role].sockets && i < PRIVILEGED_SOCKETS; i++)
        if (c->sockets && c->sockets->fds[i] >= 0)
            crew_send(c, role, PA_SOCKET, &pa_socket_record,
                      &(struct pa_socket){(enum privileged_socket)i}, c->sockets->fds[i]);
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++)
        if (links[i].a == role || links[i].b == role)
            link_peers(c, links[i].a, links[i].b);
    crew_prepare(c, role, c->generation, c->slices[role]);
}

static bool start(struct crew *c, enum role role)
{
    struct crew_member *m = &c->members[role];
    char program[PLACES_PATH_MAX];
    char *argv[] = {(char *)(uintptr_t)kinds[role].program, NULL};
    int pair[2];
    if (frame_pair(pair) != 0)
        return false;
    const struct crew_user *u = &c->users[role];
    struct child_setting s = {.program = crew_program(c, kinds[role].program, program),
                              .argv = argv,
                              .channel = pair[1],
                              .kept = c->lock,
                              .change_user = u->set,
                              .uid = u->uid,
                              .gid = u->gid,
                              .groups = u->groups,
                              .group_count = u->group_count,
                              .raw_network = kinds[role].raw_network};
    m->pid = child_start(&s);
    close(pair[1]);
    if (m->pid < 0) {
        m->pid = 0;
        close(pair[0]);
        return false;
    }
    m->fd = pair[0];
    m->prepared = m->adopted = 0;
    m->told_to_stop = false;
    hand_over(c, role);
    return true;
}

static void start_logged(struct crew *c, enum role role, struct mono now)
{
    struct supervised *life = &c->members[role].life;
    bool ok = start(c, role);
    supervise_started(life, c->policy, now);
    if (ok)
        return;
    log_warn("parent", "cannot start %s", role_words[role]);
    supervise_ended(life, c->policy, SUPERVISE_FAILED, now);
}

static void stop_one(struct crew *c, enum role role)
{
    if (c->members[role].pid <= 0 || c->members[role].told_to_stop)
        return;
    c->members[role].told_to_stop = true;
    crew_send(c, role, PA_STOP, NULL, NULL, -1);
}

void crew_set_slices(struct crew *c, uint64_t generation, int slices[static ROLE_COUNT],
                     struct mono now)
{
    bool first = c->members[ROLE_ENGINE].life.state == SUPERVISE_ABSENT;
    struct mono others_at = first ? mono_after(now, ENGINE_AHEAD_NS) : now;
    c->generation = generation;
    for (int i = 0; i < ROLE_COUNT; i++) {
        if (c->slices[i] >= 0)
            close(c->slices[i]);
        c->slices[i] = slices[i];
        slices[i] = -1;
        if (c->slices[i] < 0) {
            supervise_dismiss(&c->members[i].life);
            stop_one(c, (enum role)i);
        } else if (!kinds[i].on_demand) {
            supervise_want_at(&c->members[i].life, now, i == ROLE_ENGINE ? now : others_at);
        }
    }
}

void crew_engine_asks(struct crew *c, struct mono now)
{
    for (int i = 0; i < ROLE_COUNT; i++)
        supervise_hasten(&c->members[i].life, now);
}

void crew_want(struct crew *c, enum role role, struct mono now)
{
    if (kinds[role].on_demand && c->slices[role] >= 0)
        supervise_want(&c->members[role].life, now);
}

static void log_end(const struct crew *c, enum role role, int status)
{
    const struct crew_member *m = &c->members[role];
    char again[CLOCK_TEXT_MAX] = "at once";
    int64_t wait = mono_since(m->life.start_at, clock_mono());
    if (wait > MILLISECONDS(1))
        snprintf(again, sizeof again, "in %d s", (int)((wait + NS_PER_S - 1) / NS_PER_S));
    if (WIFSIGNALED(status))
        log_warnx("parent", "%s (pid %ld) was ended by signal %d; started again %s",
                  role_words[role], (long)m->pid, WTERMSIG(status), again);
    else
        log_warnx("parent", "%s (pid %ld) ended with status %d; started again %s", role_words[role],
                  (long)m->pid, WEXITSTATUS(status), again);
}

void crew_ended(struct crew *c, enum role role, int status, struct mono now)
{
    struct crew_member *m = &c->members[role];
    m->last_status = status;
    bool clean = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    bool outside = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL && !m->life.killing;
    supervise_ended(&m->life, c->policy,
                    clean     ? SUPERVISE_CLEAN
                    : outside ? SUPERVISE_KILLED
                              : SUPERVISE_FAILED,
                    now);
    if (m->life.state == SUPERVISE_WAITING && !(clean && m->life.on_demand) && !m->told_to_stop)
        log_end(c, role, status);
    end_channel(m);
    m->pid = 0;
    m->prepared = m->adopted = 0;
    if (c->slices[role] >= 0 && !m->life.on_demand && c->stop_began.ns == 0)
        supervise_want(&m->life, now); /* dismissed and wanted again before it had ended */
}

static void ask(struct crew *c, enum role role)
{
    if (c->members[role].fd >= 0)
        crew_send(c, role, PA_PING, NULL, NULL, -1);
}

static void step_one(struct crew *c, enum role role, struct mono now)
{
    struct crew_member *m = &c->members[role];
    switch (supervise_step(&m->life, c->policy, now)) {
    case SUPERVISE_START:
        if (m->pid == 0)
            start_logged(c, role, now);
        break;
    case SUPERVISE_ASK:
        ask(c, role);
        break;
    case SUPERVISE_KILL:
        log_warnx("parent", "%s (pid %ld) hangs and is killed", role_words[role], (long)m->pid);
        kill_member(m);
        break;
    case SUPERVISE_NOTHING:
        break;
    }
}

static void tell_trouble(struct crew *c, enum role role)
{
    const struct crew_member *m = &c->members[role];
    char text[128] = "";
    bool loops = m->life.in_trouble;
    if (loops && WIFSIGNALED(m->last_status))
        snprintf(text, sizeof text, "%s ends again and again, last by signal %d",
                 kinds[role].program, WTERMSIG(m->last_status));
    else if (loops)
        snprintf(text, sizeof text, "%s ends again and again, last with status %d",
                 kinds[role].program, WEXITSTATUS(m->last_status));
    struct pa_trouble t = {role, text, !loops};
    if (c->members[ROLE_ENGINE].adopted)
        crew_send(c, ROLE_ENGINE, PA_TROUBLE, &pa_trouble_record, &t, -1);
}

void crew_tell_troubles(struct crew *c)
{
    for (int i = 0; i < ROLE_COUNT; i++)
        if (c->members[i].life.in_trouble)
            tell_trouble(c, (enum role)i);
}

static void step_news(struct crew *c, enum role role, struct mono now)
{
    switch (supervise_news(&c->members[role].life, c->policy, now)) {
    case SUPERVISE_LOOPS:
        log_warnx("parent", "%s ends again and again: crash loop", role_words[role]);
        tell_trouble(c, role);
        break;
    case SUPERVISE_LOOPS_NO_MORE:
        log_info("parent", "%s has settled", role_words[role]);
        tell_trouble(c, role);
        break;
    case SUPERVISE_NO_NEWS:
        break;
    }
}

void crew_step(struct crew *c, struct mono now)
{
    for (int i = 0; i < ROLE_COUNT; i++) {
        step_one(c, (enum role)i, now);
        step_news(c, (enum role)i, now);
    }
}

struct mono crew_due(const struct crew *c)
{
    struct mono due = MONO_NEVER;
    for (int i = 0; i < ROLE_COUNT; i++) {
        const struct crew_member *m = &c->members[i];
        if (m->life.state != SUPERVISE_WAITING || m->pid == 0)
            due = mono_earlier(due, supervise_due(&m->life, c->policy));
    }
    return due;
}

bool crew_all_adopted(const struct crew *c)
{
    for (int i = 0; i < ROLE_COUNT; i++)
        if (!kinds[i].on_demand && c->slices[i] >= 0 && c->members[i].adopted != c->generation)
            return false;
    return true;
}

/* Everybody whose turn comes before this one's has gone. */
static bool all_before_gone(const struct crew *c, enum role role)
{
    for (int i = 0; i < ROLE_COUNT; i++)
        if (kinds[i].stop_after_ns < kinds[role].stop_after_ns && c->members[i].pid > 0)
            return false;
    return true;
}

bool crew_stop_step(struct crew *c, struct mono now)
{
    bool gone = true;
    if (c->stop_began.ns == 0)
        c->stop_began = now;
    int64_t since = mono_since(now, c->stop_began);
    for (int i = 0; i < ROLE_COUNT; i++) {
        struct crew_member *m = &c->members[i];
        supervise_dismiss(&m->life);
        if (m->pid == 0)
            continue;
        gone = false;
        if (since >= kinds[i].stop_after_ns || all_before_gone(c, (enum role)i))
            stop_one(c, (enum role)i);
        if (since >= kinds[i].kill_after_ns)
            kill_member(m);
    }
    return gone;
}

struct mono crew_stop_due(const struct crew *c)
{
    struct mono due = MONO_NEVER;
    for (int i = 0; i < ROLE_COUNT; i++)
        if (c->members[i].pid > 0)
            due = mono_earlier(due, mono_after(c->stop_began, c->members[i].told_to_stop
                                                                  ? kinds[i].kill_after_ns
                                                                  : kinds[i].stop_after_ns));
    return due;
}
