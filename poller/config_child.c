#include "poller/config_child.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "poller/base/arena.h"
#include "poller/base/child.h"
#include "poller/base/field.h"
#include "poller/base/frame.h"
#include "poller/message/parent_any.h"

#define PATIENCE_NS SECONDS(30)

void config_answer_init(struct config_answer *a)
{
    *a = (struct config_answer){0};
    for (int i = 0; i < ROLE_COUNT; i++)
        a->slices[i] = -1;
}

void config_answer_fini(struct config_answer *a)
{
    for (int i = 0; i < ROLE_COUNT; i++)
        if (a->slices[i] >= 0)
            close(a->slices[i]);
    free(a->text);
    free(a->state_dir);
    config_answer_init(a);
}

void config_child_init(struct config_child *c)
{
    *c = (struct config_child){.fd = -1, .deadline = MONO_NEVER};
    config_answer_init(&c->answer);
}

bool config_child_start(struct config_child *c, const char *program, const char *path,
                        struct mono now)
{
    int pair[2];
    char *argv[] = {"hayloft-config", "--config", (char *)(uintptr_t)path, NULL};
    config_child_init(c);
    if (frame_pair(pair) != 0)
        return false;
    struct child_setting setting = {
        .program = program, .argv = argv, .channel = pair[1], .kept = -1};
    c->pid = child_start(&setting);
    close(pair[1]);
    if (c->pid < 0) {
        close(pair[0]);
        c->pid = 0;
        return false;
    }
    c->fd = pair[0];
    c->deadline = mono_after(now, PATIENCE_NS);
    return true;
}

static void finish(struct config_child *c, bool ok, const char *text)
{
    c->answer.ok = ok;
    c->answer.text = text ? strdup(text) : NULL;
    c->done = true;
}

static bool unpack(const struct frame *f, const struct record *record, struct arena *arena,
                   void *out)
{
    struct reader in = reader_over(f->payload, f->len);
    return arena && field_unpack(record, &in, NULL, arena, out) && rd_left(&in) == 0;
}

static bool take_slice(struct config_child *c, const struct frame *f, struct arena *arena)
{
    struct cp_slice m;
    if (f->fd < 0 || !unpack(f, &cp_slice_record, arena, &m) || c->answer.slices[m.role] >= 0)
        return false;
    c->answer.slices[m.role] = f->fd;
    return true;
}

static void take_done(struct config_child *c, const struct frame *f, struct arena *arena)
{
    struct cp_done m;
    if (!unpack(f, &cp_done_record, arena, &m) ||
        (m.ok && (!m.state_dir || m.state_dir[0] != '/'))) {
        finish(c, false, "the configuration reader gave an answer that makes no sense");
        return;
    }
    c->answer.state_dir = m.state_dir ? strdup(m.state_dir) : NULL;
    finish(c, m.ok, m.errors);
}

static void take(struct config_child *c, const struct frame *f)
{
    struct arena *arena = arena_create(4 * FRAME_PAYLOAD_MAX);
    bool kept = false;
    if (f->type == CP_SLICE)
        kept = take_slice(c, f, arena);
    else if (f->type == CP_DONE)
        take_done(c, f, arena);
    if (!kept && f->fd >= 0)
        close(f->fd);
    arena_destroy(arena);
}

void config_child_step(struct config_child *c, struct mono now)
{
    static uint8_t buffer[FRAME_BUFFER_BYTES];
    struct frame f;
    enum frame_result r = FRAME_OK;
    while (c->fd >= 0 && !c->done && (r = frame_receive(c->fd, buffer, &f)) == FRAME_OK)
        take(c, &f);
    if (c->done)
        return;
    if (r == FRAME_CLOSED || r == FRAME_BAD)
        finish(c, false, "the configuration reader ended without an answer");
    else if (!mono_before(now, c->deadline))
        finish(c, false, "the configuration reader did not answer in time");
}

void config_child_fini(struct config_child *c)
{
    if (c->fd >= 0)
        close(c->fd);
    if (c->pid > 0 && !c->done)
        kill(c->pid, SIGKILL);
    config_answer_fini(&c->answer);
    config_child_init(c);
}
