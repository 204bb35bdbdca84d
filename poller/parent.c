/* Life of the parent:
 *
 *   CONFIGURING  the first config child reads the file; a bad one ends us with its errors
 *   STARTING     folder, lock, sockets, roles; each role prepares and adopts as it comes up
 *   WORKING      restarts, questions, reloads
 *   STOPPING     engine first, store last, at most 5 s
 *
 * A reload is a config child (reading), then a vote (preparing). Only one is under way; a SIGHUP
 * meanwhile makes another one follow. */
#include "poller/parent.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "poller/base/arena.h"
#include "poller/base/frame.h"
#include "poller/base/log.h"
#include "poller/base/places.h"
#include "poller/config_child.h"
#include "poller/crew.h"
#include "poller/message/parent_any.h"
#include "poller/privileged.h"
#include "poller/rights.h"
#include "poller/state_folder.h"
#include "poller/vote.h"

#define FRAMES_PER_TURN   32
#define READY_PATIENCE_NS SECONDS(10)
#define RESULT_TEXT_MAX   16384

enum phase { CONFIGURING, STARTING, WORKING, STOPPING };

struct parent {
    const struct parent_setting *setting;
    enum phase phase;
    int status; /* exit status */
    int signals;
    struct crew crew;
    struct privileged sockets;
    struct config_child config;
    struct vote vote;
    struct config_answer coming; /* what the vote is about */
    uint64_t last_generation;    /* numbers are never used twice */
    bool asked_by_engine;
    uint32_t request; /* of the engine, when it asked */
    bool reload_again;
    struct mono ready_by;
    struct mono alive_by;
};

static void begin_stop(struct parent *p, int status)
{
    if (p->phase == STOPPING)
        return;
    p->phase = STOPPING;
    p->status = status;
}

/* ---- reload ---- */

static void tell_outcome(struct parent *p, bool ok, const char *text)
{
    struct pa_reloaded m = {.request = p->request, .ok = ok, .text = (char *)(uintptr_t)text};
    if (ok)
        log_info("parent", "configuration adopted, generation %llu",
                 (unsigned long long)p->crew.generation);
    else
        log_warnx("parent", "the configuration stays as it was: %s", text);
    if (p->asked_by_engine)
        crew_send(&p->crew, ROLE_ENGINE, PA_RELOADED, &pa_reloaded_record, &m, -1);
    p->asked_by_engine = false;
}

static bool reload_under_way(const struct parent *p)
{
    return p->config.fd >= 0 || p->vote.generation != 0;
}

static void begin_reload(struct parent *p, struct mono now)
{
    char program[PLACES_PATH_MAX];
    p->reload_again = false;
    if (!config_child_start(&p->config, crew_program(&p->crew, "hayloft-config", program),
                            p->setting->config_path, now))
        tell_outcome(p, false, "the configuration reader could not be started");
}

static void reload_for_engine(struct parent *p, uint32_t request, struct mono now)
{
    if (reload_under_way(p)) {
        struct pa_reloaded m = {.request = request,
                                .text = "another reload is under way; try again"};
        crew_send(&p->crew, ROLE_ENGINE, PA_RELOADED, &pa_reloaded_record, &m, -1);
        return;
    }
    p->asked_by_engine = true;
    p->request = request;
    if (p->phase == STARTING)
        p->reload_again = true; /* once everybody stands on the first generation */
    else
        begin_reload(p, now);
}

static void tell_voters(struct parent *p, uint16_t type)
{
    for (int i = 0; i < ROLE_COUNT; i++)
        if (p->crew.members[i].prepared == p->vote.generation && p->crew.members[i].fd >= 0)
            crew_send(&p->crew, (enum role)i, type, &pa_generation_record,
                      &(struct pa_generation){p->vote.generation}, -1);
}

/* Roles the new generation does not name any more are not asked: they will be told to stop. Nor is one
 * that is just coming up and has nothing yet to fall back on: it gets whatever is adopted. */
static bool may_vote(const struct parent *p, int role)
{
    const struct crew_member *m = &p->crew.members[role];
    return m->fd >= 0 && m->adopted == p->crew.generation && p->coming.slices[role] >= 0;
}

static void begin_vote(struct parent *p, struct mono now)
{
    bool voters[ROLE_COUNT];
    p->coming = p->config.answer;
    config_answer_init(&p->config.answer);
    for (int i = 0; i < ROLE_COUNT; i++)
        voters[i] = may_vote(p, i);
    vote_open(&p->vote, ++p->last_generation, voters, now);
    for (int i = 0; i < ROLE_COUNT; i++)
        if (voters[i])
            crew_prepare(&p->crew, (enum role)i, p->vote.generation, p->coming.slices[i]);
}

static void end_vote(struct parent *p, struct mono now)
{
    enum vote_result result = p->vote.generation ? vote_count(&p->vote, now) : VOTE_OPEN;
    if (result == VOTE_OPEN)
        return;
    tell_voters(p, result == VOTE_ADOPT ? PA_ADOPT : PA_FORGET);
    if (result == VOTE_ADOPT) {
        crew_set_slices(&p->crew, p->vote.generation, p->coming.slices, now);
        crew_prepare_late(&p->crew);
    }
    char text[RESULT_TEXT_MAX];
    const char *warnings = p->coming.text ? p->coming.text : "";
    if (result == VOTE_ADOPT)
        snprintf(text, sizeof text, "%s%sthe configuration is adopted (generation %llu)", warnings,
                 *warnings ? "\n" : "", (unsigned long long)p->vote.generation);
    else
        snprintf(text, sizeof text, "%s", p->vote.reason);
    tell_outcome(p, result == VOTE_ADOPT, text);
    p->vote.generation = 0;
    config_answer_fini(&p->coming);
}

/* ---- first start ---- */

static bool enter_state_folder(struct parent *p, const char *state_dir)
{
    struct state_owner owner = {.set = p->crew.users[ROLE_STORE].set,
                                .uid = p->crew.users[ROLE_STORE].uid,
                                .gid = p->crew.users[ROLE_STORE].gid};
    if (!state_folder_make(state_dir, &owner))
        return false;
    p->crew.lock = state_folder_lock(state_dir, &owner);
    return p->crew.lock >= 0;
}

static void print_text(const char *text)
{
    if (text && *text)
        dprintf(STDERR_FILENO, "%s%s", text, text[strlen(text) - 1] == '\n' ? "" : "\n");
}

static void start_first(struct parent *p, struct mono now)
{
    struct config_answer *a = &p->config.answer;
    print_text(a->text);
    if (!a->ok || !enter_state_folder(p, a->state_dir)) {
        begin_stop(p, 1);
        return;
    }
    if (p->setting->state_folder)
        p->setting->state_folder(p->setting->ctx, a->state_dir);
    rights_drop();
    p->phase = STARTING;
    p->ready_by = mono_after(now, READY_PATIENCE_NS);
    crew_set_slices(&p->crew, ++p->last_generation, a->slices, now);
}

static void step_config(struct parent *p, struct mono now)
{
    if (p->config.fd < 0)
        return;
    config_child_step(&p->config, now);
    if (!p->config.done)
        return;
    if (p->phase == CONFIGURING)
        start_first(p, now);
    else if (p->config.answer.ok)
        begin_vote(p, now);
    else
        tell_outcome(p, false, p->config.answer.text ? p->config.answer.text : "no reason given");
    config_child_fini(&p->config);
}

static void step_ready(struct parent *p, struct mono now)
{
    if (p->phase != STARTING)
        return;
    bool late = !mono_before(now, p->ready_by);
    if (!late && !crew_all_adopted(&p->crew))
        return;
    if (late)
        log_warnx("parent", "not every part came up; hayloft goes on without it and keeps trying");
    p->phase = WORKING;
    if (p->setting->ready)
        p->setting->ready(p->setting->ctx);
}

static void step_alive(struct parent *p, struct mono now)
{
    if (!p->setting->alive || p->phase != WORKING || mono_before(now, p->alive_by))
        return;
    p->alive_by = mono_after(now, p->setting->alive_every_ns);
    p->setting->alive(p->setting->ctx);
}

/* ---- messages from roles ---- */

static bool unpack(const struct frame *f, const struct record *record, struct arena *arena,
                   void *out)
{
    struct reader in = reader_over(f->payload, f->len);
    return field_unpack(record, &in, NULL, arena, out) && rd_left(&in) == 0;
}

static void refused_at_start(struct parent *p, enum role role, const char *reason)
{
    char why[RESULT_TEXT_MAX];
    snprintf(why, sizeof why, "%s cannot work with the configuration: %s", role_words[role],
             reason);
    log_warnx("parent", "%s", why);
    if (p->phase != STARTING) {
        crew_kill(&p->crew, role);
        return;
    }
    if (p->setting->failed)
        p->setting->failed(p->setting->ctx, why);
    begin_stop(p, 1);
}

/* A role that comes up takes the current generation at once: there is nothing to go back to. */
static void take_prepared(struct parent *p, enum role role, const struct ap_prepared *m)
{
    vote_cast(&p->vote, role, m->generation, m->ok, m->error);
    if (m->generation != p->crew.generation || p->crew.members[role].adopted == m->generation)
        return;
    if (m->ok) {
        crew_send(&p->crew, role, PA_ADOPT, &pa_generation_record,
                  &(struct pa_generation){m->generation}, -1);
        return;
    }
    refused_at_start(p, role, m->error ? m->error : "no reason given");
}

static void take_adopted(struct parent *p, enum role role, uint64_t generation, struct mono now)
{
    bool came_up = p->crew.members[role].adopted == 0;
    p->crew.members[role].adopted = generation;
    if (!came_up || role != ROLE_ENGINE)
        return;
    crew_engine_asks(&p->crew, now);
    crew_tell_troubles(&p->crew);
}

static void take_frame(struct parent *p, enum role role, const struct frame *f, struct arena *arena,
                       struct mono now)
{
    struct ap_prepared prepared;
    struct pa_generation generation;
    struct pa_peer wanted;
    struct ap_reload reload;
    supervise_answered(&p->crew.members[role].life);
    if (f->type == AP_PREPARED && unpack(f, &ap_prepared_record, arena, &prepared))
        take_prepared(p, role, &prepared);
    else if (f->type == AP_ADOPTED && unpack(f, &pa_generation_record, arena, &generation))
        take_adopted(p, role, generation.generation, now);
    else if (f->type == AP_WANT && unpack(f, &pa_peer_record, arena, &wanted))
        crew_want(&p->crew, wanted.peer, now);
    else if (f->type == AP_RELOAD && role == ROLE_ENGINE &&
             unpack(f, &ap_reload_record, arena, &reload))
        reload_for_engine(p, reload.request, now);
}

static void read_role(struct parent *p, enum role role, struct mono now)
{
    static uint8_t buffer[FRAME_BUFFER_BYTES];
    struct crew_member *m = &p->crew.members[role];
    enum frame_result r = FRAME_OK;
    for (int i = 0; i < FRAMES_PER_TURN && m->fd >= 0; i++) {
        struct frame f;
        r = frame_receive(m->fd, buffer, &f);
        if (r != FRAME_OK)
            break;
        struct arena *arena = arena_create(2 * FRAME_PAYLOAD_MAX);
        if (arena)
            take_frame(p, role, &f, arena, now);
        arena_destroy(arena);
        if (f.fd >= 0)
            close(f.fd); /* roles have nothing to hand to the parent */
    }
    if (r == FRAME_CLOSED ||
        r == FRAME_BAD) { /* it ends soon, or the unanswered question finds it hung */
        close(m->fd);
        m->fd = -1;
    }
}

/* ---- signals ---- */

static void reap(struct parent *p, struct mono now)
{
    int status;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
        if (pid == p->config.pid)
            p->config.pid = 0;
        for (int i = 0; i < ROLE_COUNT; i++) {
            if (p->crew.members[i].pid != pid)
                continue;
            read_role(p, (enum role)i, now); /* its last words */
            vote_leave(&p->vote, (enum role)i);
            crew_ended(&p->crew, (enum role)i, status, now);
        }
    }
}

static void read_signals(struct parent *p, struct mono now)
{
    struct signalfd_siginfo batch[16];
    ssize_t n;
    while ((n = read(p->signals, batch, sizeof batch)) > 0) {
        for (size_t i = 0; i < (size_t)n / sizeof batch[0]; i++) {
            if (batch[i].ssi_signo == SIGHUP)
                p->reload_again = true;
            else if (batch[i].ssi_signo == SIGTERM || batch[i].ssi_signo == SIGINT)
                begin_stop(p, p->phase == CONFIGURING ? 1 : 0);
        }
    }
    reap(p, now);
}

static bool open_signals(struct parent *p)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    signal(SIGPIPE, SIG_IGN);
    sigprocmask(SIG_BLOCK, &set, NULL);
    p->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    return p->signals >= 0;
}

/* ---- loop ---- */

static struct mono due(const struct parent *p)
{
    if (p->phase == STOPPING)
        return crew_stop_due(&p->crew);
    struct mono d = mono_earlier(crew_due(&p->crew), vote_due(&p->vote));
    if (p->phase == STARTING)
        d = mono_earlier(d, p->ready_by);
    if (p->phase == WORKING && p->setting->alive)
        d = mono_earlier(d, p->alive_by);
    return p->config.fd >= 0 ? mono_earlier(d, p->config.deadline) : d;
}

static int wait_ms(struct mono until, struct mono now)
{
    if (until.ns == MONO_NEVER.ns)
        return -1;
    int64_t ns = mono_since(until, now);
    if (ns <= 0)
        return 0;
    int64_t ms = (ns + NS_PER_MS - 1) / NS_PER_MS;
    return ms < 3600000 ? (int)ms : 3600000;
}

static void wait_and_read(struct parent *p)
{
    struct pollfd fds[ROLE_COUNT + 2];
    for (int i = 0; i < ROLE_COUNT; i++)
        fds[i] = (struct pollfd){.fd = p->crew.members[i].fd, .events = POLLIN};
    fds[ROLE_COUNT] = (struct pollfd){.fd = p->config.fd, .events = POLLIN};
    fds[ROLE_COUNT + 1] = (struct pollfd){.fd = p->signals, .events = POLLIN};
    if (poll(fds, ROLE_COUNT + 2, wait_ms(due(p), clock_mono())) < 0 && errno != EINTR)
        fatal("poll");
    struct mono now = clock_mono();
    for (int i = 0; i < ROLE_COUNT; i++)
        if (fds[i].fd >= 0 && fds[i].revents)
            read_role(p, (enum role)i, now);
    read_signals(p, now);
}

static void turn(struct parent *p)
{
    wait_and_read(p);
    struct mono now = clock_mono();
    step_config(p, now);
    if (p->phase == STOPPING)
        return;
    end_vote(p, now);
    crew_step(&p->crew, now);
    step_ready(p, now);
    step_alive(p, now);
    if (p->reload_again && p->phase == WORKING && !reload_under_way(p))
        begin_reload(p, now);
}

int parent_run(const struct parent_setting *setting)
{
    struct parent p = {.setting = setting, .phase = CONFIGURING, .status = 1, .signals = -1};
    crew_init(&p.crew, setting->policy ? setting->policy : &supervise_standard);
    p.crew.programs = setting->programs;
    p.crew.sockets = &p.sockets;
    config_child_init(&p.config);
    config_answer_init(&p.coming);
    if (!open_signals(&p))
        fatal("signalfd");
    begin_reload(&p, clock_mono());
    privileged_open(&p.sockets); /* while the file is read */
    rights_find_users(p.crew.users);
    if (p.config.fd < 0)
        begin_stop(&p, 1);
    while (p.phase != STOPPING || !crew_stop_step(&p.crew, clock_mono()))
        turn(&p);
    config_child_fini(&p.config);
    config_answer_fini(&p.coming);
    privileged_close(&p.sockets);
    if (p.crew.lock >= 0)
        close(p.crew.lock);
    close(p.signals);
    return p.status;
}
