/* Questions stand in one table with their number and deadline. Numbers of lost questions are never used
 * again, so a late answer finds nobody and is dropped. */
#include "web/backend.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "poller/base/channel.h"
#include "poller/base/log.h"
#include "poller/message/role.h"

#define ANSWER_MAX_BYTES (1u << 20) /* unpacked */
#define SWEEP_MS 500
#define HELD_MAX 64                 /* questions to a painter that is just starting */

struct question {
    uint32_t number; /* 0: free */
    enum role from;
    struct mono deadline;
    backend_answer_fn answer;
    void *ctx;
};

struct held {
    uint32_t number;
    uint16_t type;
    const struct record *record;
    struct arena *arena; /* holds question */
    void *question;
};

struct backend {
    uv_loop_t *loop;
    uv_timer_t sweep;
    struct role_runtime *role;
    char *state_dir;
    struct snapshot *view;
    struct ledger *ledger;
    struct channel *peers[ROLE_COUNT];
    struct question questions[BACKEND_QUESTIONS_MAX];
    size_t open;
    uint32_t last_number;
    struct held held[HELD_MAX];
    size_t held_count;
    void (*changed)(void *ctx);
    void *ctx;
    uint64_t changes;
};

/* Which answer carries its question's number where. */
struct answer_kind {
    enum role from;
    uint16_t type;
    const struct record *record;
    size_t number_offset;
};

static const struct answer_kind answer_kinds[] = {
    {ROLE_ENGINE, EW_DETAIL, &ew_detail_record, offsetof(struct ew_detail, request)},
    {ROLE_ENGINE, EW_TABLES, &ew_piece_record, offsetof(struct ew_piece, request)},
    {ROLE_ENGINE, EW_RESULT, &ew_result_record, offsetof(struct ew_result, request)},
    {ROLE_STORE, SW_LOGIN, &sw_login_record, offsetof(struct sw_login, request)},
    {ROLE_STORE, SW_REPORT, &sw_report_record, offsetof(struct sw_report, request)},
    {ROLE_STORE, SW_RESULT, &sw_result_record, offsetof(struct sw_result, request)},
    {ROLE_PAINTER, PW_POINTS, &pw_points_record, offsetof(struct pw_points, request)},
    {ROLE_PAINTER, PW_PICTURE, &pw_picture_record, offsetof(struct pw_picture, request)},
    {ROLE_PAINTER, PW_LIST, &pw_list_record, offsetof(struct pw_list, request)},
    {ROLE_PAINTER, PW_ERROR, &pw_error_record, offsetof(struct pw_error, request)},
};

static void finish(struct backend *b, struct question *q, uint16_t type, const void *value)
{
    struct question asked = *q;
    q->number = 0; /* free before the call: the callee may ask anew */
    b->open--;
    if (asked.answer(asked.ctx, type, value) || !value)
        return;
    *q = asked; /* more parts to come */
    b->open++;
}

static void fail_all(struct backend *b, enum role from)
{
    for (size_t i = 0; i < BACKEND_QUESTIONS_MAX; i++)
        if (b->questions[i].number && b->questions[i].from == from)
            finish(b, &b->questions[i], 0, NULL);
}

static void on_sweep(uv_timer_t *timer)
{
    struct backend *b = timer->data;
    struct mono now = clock_mono();
    for (size_t i = 0; i < BACKEND_QUESTIONS_MAX; i++)
        if (b->questions[i].number && mono_before(b->questions[i].deadline, now))
            finish(b, &b->questions[i], 0, NULL);
    if (b->held_count && b->role)
        role_want(b->role, ROLE_PAINTER); /* it may have been leaving when asked first */
    if (b->open == 0)
        uv_timer_stop(timer);
}

struct backend *backend_create(uv_loop_t *loop, void (*changed)(void *ctx), void *ctx)
{
    struct backend *b = calloc(1, sizeof *b);
    struct snapshot *view = snapshot_create();
    if (!b || !view)
        fatalx("out of memory");
    b->loop = loop;
    b->view = view;
    b->changed = changed;
    b->ctx = ctx;
    uv_timer_init(loop, &b->sweep);
    b->sweep.data = b;
    return b;
}

static void forget_held(struct backend *b)
{
    for (size_t i = 0; i < b->held_count; i++)
        arena_destroy(b->held[i].arena);
    b->held_count = 0;
}

static void on_sweep_closed(uv_handle_t *handle)
{
    free(handle->data);
}

void backend_destroy(struct backend *b)
{
    for (int r = 0; r < ROLE_COUNT; r++) {
        fail_all(b, (enum role)r);
        channel_destroy(b->peers[r]);
    }
    forget_held(b);
    snapshot_destroy(b->view);
    ledger_close(b->ledger);
    free(b->state_dir);
    uv_close((uv_handle_t *)&b->sweep, on_sweep_closed);
}

void backend_set_role(struct backend *b, struct role_runtime *role)
{
    b->role = role;
}

void backend_set_state_dir(struct backend *b, const char *state_dir)
{
    if (b->state_dir && strcmp(b->state_dir, state_dir) == 0)
        return;
    free(b->state_dir);
    b->state_dir = strdup(state_dir);
    ledger_close(b->ledger);
    b->ledger = NULL;
}

static void note_change(struct backend *b)
{
    b->changes++;
    b->changed(b->ctx);
}

static struct question *question_of(struct backend *b, uint32_t number)
{
    for (size_t i = 0; number && i < BACKEND_QUESTIONS_MAX; i++)
        if (b->questions[i].number == number)
            return &b->questions[i];
    return NULL;
}

static bool take_answer(struct backend *b, enum role from, const struct frame *f)
{
    for (size_t i = 0; i < sizeof answer_kinds / sizeof answer_kinds[0]; i++) {
        const struct answer_kind *k = &answer_kinds[i];
        if (k->from != from || k->type != f->type)
            continue;
        struct arena *arena = arena_create(ANSWER_MAX_BYTES);
        void *value = arena ? arena_take(arena, k->record->size) : NULL;
        uint32_t number = 0;
        if (value && frame_unpack(f, k->record, arena, value))
            memcpy(&number, (char *)value + k->number_offset, sizeof number);
        struct question *q = question_of(b, number);
        if (q && q->from == from)
            finish(b, q, f->type, value);
        arena_destroy(arena);
        return true;
    }
    return false;
}

static enum role role_of(const struct backend *b, const struct channel *c)
{
    int r = 0;
    while (r < ROLE_COUNT && b->peers[r] != c)
        r++;
    return (enum role)r;
}

static void on_message(void *ctx, struct channel *c, const struct frame *f)
{
    struct backend *b = ctx;
    enum role from = role_of(b, c);
    if (f->fd >= 0)
        close(f->fd); /* nobody has a reason to send us any */
    if (take_answer(b, from, f) || from != ROLE_ENGINE)
        return;
    bool changed = snapshot_take(b->view, f);
    if (f->type == EW_STATUS)
        snapshot_follow_clock(b->view);
    if (changed || f->type == EW_INCIDENT)
        note_change(b);
}

static void on_closed(void *ctx, struct channel *c)
{
    struct backend *b = ctx;
    enum role from = role_of(b, c);
    channel_destroy(c);
    if (from == ROLE_COUNT)
        return;
    b->peers[from] = NULL;
    fail_all(b, from);
    if (from == ROLE_ENGINE)
        note_change(b);
}

static void send_held(struct backend *b)
{
    for (size_t i = 0; i < b->held_count; i++) {
        struct held *h = &b->held[i];
        struct question *q = question_of(b, h->number);
        if (q && !channel_send(b->peers[ROLE_PAINTER], h->type, h->record, h->question))
            finish(b, q, 0, NULL);
    }
    forget_held(b);
}

void backend_set_peer(struct backend *b, enum role peer, int fd)
{
    channel_destroy(b->peers[peer]);
    b->peers[peer] = channel_create(b->loop, fd, on_message, on_closed, b);
    if (peer != ROLE_PAINTER)
        fail_all(b, peer); /* the old one's answers will not come */
    if (peer == ROLE_ENGINE) {
        snapshot_begin(b->view);
        channel_send(b->peers[peer], WE_SUBSCRIBE, NULL, NULL);
    } else if (peer == ROLE_PAINTER) {
        send_held(b);
    }
}

const struct snapshot *backend_view(const struct backend *b)
{
    return b->view;
}

bool backend_engine_is_there(const struct backend *b)
{
    return b->peers[ROLE_ENGINE] != NULL;
}

bool backend_store_is_there(const struct backend *b)
{
    return b->peers[ROLE_STORE] != NULL;
}

struct ledger *backend_ledger(struct backend *b)
{
    char error[LEDGER_ERROR_MAX];
    if (b->ledger && ledger_is_replaced(b->ledger)) { /* store has set a damaged database aside */
        ledger_close(b->ledger);
        b->ledger = NULL;
    }
    if (!b->ledger && b->state_dir) {
        b->ledger = ledger_open(b->state_dir, error);
        if (!b->ledger)
            log_warnx("ledger", "%s", error);
    }
    return b->ledger;
}

uint64_t backend_change_count(const struct backend *b)
{
    return b->changes;
}

uint32_t backend_expect(struct backend *b, enum role from, backend_answer_fn answer, void *ctx)
{
    size_t i = 0;
    while (i < BACKEND_QUESTIONS_MAX && b->questions[i].number)
        i++;
    if (i == BACKEND_QUESTIONS_MAX)
        return 0;
    if (++b->last_number == 0)
        b->last_number = 1;
    b->questions[i] = (struct question){b->last_number, from, mono_after(clock_mono(), BACKEND_DEADLINE_NS),
                                        answer, ctx};
    if (b->open++ == 0)
        uv_timer_start(&b->sweep, on_sweep, SWEEP_MS, SWEEP_MS);
    return b->last_number;
}

/* The painter sleeps when nobody looks: the question waits for it. */
static bool hold(struct backend *b, uint32_t number, uint16_t type, const struct record *record,
                 const void *question)
{
    if (b->held_count == HELD_MAX || !b->role)
        return false;
    struct held *h = &b->held[b->held_count];
    *h = (struct held){.number = number, .type = type, .record = record, .arena = arena_create(0)};
    h->question = h->arena ? arena_take(h->arena, record->size) : NULL;
    if (!h->question || !field_copy(record, question, NULL, h->arena, h->question)) {
        arena_destroy(h->arena);
        return false;
    }
    b->held_count++;
    role_want(b->role, ROLE_PAINTER);
    return true;
}

void backend_ask(struct backend *b, enum role whom, uint32_t number, uint16_t type,
                 const struct record *record, const void *question)
{
    struct question *q = question_of(b, number);
    bool sent = b->peers[whom]          ? channel_send(b->peers[whom], type, record, question)
                : whom == ROLE_PAINTER  ? hold(b, number, type, record, question)
                                        : false;
    if (!sent && q)
        finish(b, q, 0, NULL);
}
