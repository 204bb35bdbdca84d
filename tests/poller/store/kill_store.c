/* kill_store [ROUNDS [SEED]] (or HAYLOFT_KILLS=ROUNDS): kills a store with SIGKILL at random moments and compares.
 *
 * Each round forks a store from this warm process, plays its engine (records of all kinds, those not
 * acknowledged sent again) and its courier (takes messages, answers some), and kills it after 0 to 60 ms.
 * What was acknowledged, and what the courier took, is remembered here and compared at the end with the
 * database and the journal:
 *   - every acknowledged commit is there, once, and its message was taken at least once;
 *   - no message is taken twice by one store's life, none overtakes one of its incident and receiver;
 *   - every acknowledged sample is in the journal, and none waited for its acknowledgement over 1 s;
 *   - every start answers within 5 s. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "poller/base/channel.h"
#include "poller/base/log.h"
#include "poller/base/sandbox.h"
#include "poller/message/engine_store.h"
#include "poller/message/store_courier.h"
#include "poller/store/journal.h"
#include "poller/store/store.h"
#include "tests/support/folder.h"

#define ROUNDS 500
#define LIFE_MOST_NS MILLISECONDS(60)
#define START_MOST_NS SECONDS(5)
#define SAMPLE_MOST_NS SECONDS(1)
#define FINISH_MOST_NS SECONDS(20)
#define RECORDS_MAX (1u << 21)
#define OBJECTS 20
#define IN_FLIGHT_MAX 400 /* records unacknowledged before the engine pauses */

enum what { SAMPLE, COMMIT, KEEP };

/* One record the engine made, in order. */
struct made {
    enum what what;
    uint32_t boot;
    uint64_t sequence;
    bool acknowledged, abandoned; /* abandoned: its engine died before the acknowledgement */
    struct mono sent;
    uint32_t taken, taken_in_round; /* COMMIT: by the courier */
    bool seen;                      /* found again at the end */
};

struct harness {
    char folder[32];
    unsigned seed;
    uint32_t round, rounds;
    pid_t child;
    int engine, courier;
    struct made *records;
    uint32_t count, first_open; /* records before first_open are settled */
    uint32_t boot;
    uint64_t sequence;
    bool restored;
    struct arena *arena;
    uint8_t *buffer;
    int64_t slowest_start_ns, slowest_sample_ns;
    uint32_t messages_taken, messages_again;
};

static _Noreturn void die(const struct harness *h, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "kill_store: round %u, seed %u: ", h->round, h->seed);
    vfprintf(stderr, format, args);
    fprintf(stderr, "\n");
    va_end(args);
    if (h->child > 0)
        kill(h->child, SIGKILL);
    exit(1);
}

/* --- the store's process --- */

static _Noreturn void be_store(const struct harness *h, int engine, int courier)
{
    uv_loop_t *loop = uv_default_loop();
    struct store_settings s = {.state_folder = h->folder, .journal_sync_ns = SECONDS(1)};
    char folder[PATH_MAX];
    log_init("kill", LOG_LEVEL_WARN);
    /* strict: a call the fence should let through ends the round */
    if (!realpath(h->folder, folder) ||
        !sandbox_enter(SANDBOX_STORE, &(struct sandbox_paths){.state_dir = folder, .strict = true}))
        _exit(2);
    struct store *store = store_create(loop, &s);
    if (!store)
        _exit(3);
    store_peer(store, ROLE_ENGINE, engine);
    store_peer(store, ROLE_COURIER, courier);
    uv_run(loop, UV_RUN_DEFAULT);
    _exit(4);
}

static void start_store(struct harness *h)
{
    int engine[2], courier[2];
    if (frame_pair(engine) != 0 || frame_pair(courier) != 0)
        die(h, "no sockets: %s", strerror(errno));
    fflush(NULL);
    h->child = fork();
    if (h->child < 0)
        die(h, "no process: %s", strerror(errno));
    if (h->child == 0) {
        close(engine[0]);
        close(courier[0]);
        be_store(h, engine[1], courier[1]);
    }
    close(engine[1]);
    close(courier[1]);
    h->engine = engine[0];
    h->courier = courier[0];
    h->restored = false;
}

static void kill_store(struct harness *h)
{
    int status;
    kill(h->child, SIGKILL);
    if (waitpid(h->child, &status, 0) != h->child || !WIFSIGNALED(status))
        die(h, "the store had ended by itself: %d", status);
    h->child = 0;
    close(h->engine);
    close(h->courier);
}

/* --- the engine --- */

static bool send_record(const struct harness *h, int fd, uint16_t type, const struct record *r,
                        const void *value)
{
    struct buf packed = {0};
    (void)h;
    field_pack(r, value, NULL, &packed);
    enum frame_result result = frame_send(fd, type, packed.data, packed.len, -1);
    buf_fini(&packed);
    return result == FRAME_OK;
}

static bool send_sample(struct harness *h, const struct made *m, uint32_t id)
{
    uint8_t bytes[64];
    uint64_t bits;
    double value = id;
    struct writer w = writer_over(bytes, sizeof bytes);
    memcpy(&bits, &value, sizeof bits);
    wr_u32(&w, id % OBJECTS);
    wr_u64(&w, (uint64_t)clock_wall().ns);
    wr_u16(&w, 1);
    wr_u64(&w, bits);
    struct es_samples s = {m->sequence, {bytes, wr_len(&w)}};
    return send_record(h, h->engine, ES_SAMPLES, &es_samples_record, &s);
}

/* Four commits belong to an incident, each with a message to one of two receivers. */
static bool send_commit(struct harness *h, const struct made *m, uint32_t id)
{
    char text[32], incident[32], key[32];
    snprintf(text, sizeof text, "%u", id);
    snprintf(incident, sizeof incident, "incident-%u", id / 4);
    snprintf(key, sizeof key, "key-%u", id);
    struct plain_event event = {"test", "router", text, clock_wall()};
    struct incident in = {.id = incident, .opened = {1000}, .cause = {.kind = CAUSE_NODE_DOWN}};
    struct outbox_entry out = {key, incident, id & 1 ? "odd" : "even", MESSAGE_CHANGED, clock_wall(), NULL};
    struct es_commit c = {.sequence = m->sequence, .at = clock_wall(), .events = &event, .events_count = 1,
                          .incidents = &in, .incidents_count = 1, .outbox = &out, .outbox_count = 1};
    return send_record(h, h->engine, ES_COMMIT, &es_commit_record, &c);
}

static bool send_keep(struct harness *h, const struct made *m, uint32_t id)
{
    char value[32];
    snprintf(value, sizeof value, "%u", id);
    struct kept_item item = {"router", "newest", value};
    struct es_keep k = {m->sequence, &item, 1};
    return send_record(h, h->engine, ES_KEEP, &es_keep_record, &k);
}

static bool send_again(struct harness *h, uint32_t id)
{
    const struct made *m = &h->records[id];
    return m->what == SAMPLE   ? send_sample(h, m, id)
           : m->what == COMMIT ? send_commit(h, m, id)
                               : send_keep(h, m, id);
}

static bool make_record(struct harness *h)
{
    if (h->count == RECORDS_MAX)
        die(h, "more than %u records", RECORDS_MAX);
    int dice = rand() % 10;
    struct made *m = &h->records[h->count];
    *m = (struct made){.what = dice < 6 ? SAMPLE : dice < 9 ? COMMIT : KEEP, .boot = h->boot,
                       .sequence = ++h->sequence, .sent = clock_mono()};
    return send_again(h, h->count++); /* not sent: it will be, to the next store */
}

static void say_hello(struct harness *h)
{
    char boot[32], name[32];
    snprintf(boot, sizeof boot, "boot-%u-%u", h->seed, h->boot);
    struct es_hello hello = {boot, h->sequence + 1};
    send_record(h, h->engine, ES_HELLO, &es_hello_record, &hello);
    for (uint32_t i = 0; i < OBJECTS; i++) {
        char *source = "value";
        snprintf(name, sizeof name, "object-%u", i);
        struct es_object o = {.object = i, .vantage = "here", .node = "router", .name = name,
                              .layout = LAYOUT_READINGS, .step_ns = SECONDS(60), .sources = &source,
                              .sources_count = 1};
        send_record(h, h->engine, ES_OBJECT, &es_object_record, &o);
    }
}

/* One engine in five dies with its store; the new one knows nothing of what was on its way. */
static void maybe_reboot(struct harness *h)
{
    if (h->round && rand() % 5)
        return;
    for (uint32_t i = h->first_open; i < h->count; i++)
        h->records[i].abandoned = !h->records[i].acknowledged;
    h->first_open = h->count;
    h->boot++;
    h->sequence = 0;
}

static void take_durable(struct harness *h, uint64_t upto)
{
    struct mono now = clock_mono();
    while (h->first_open < h->count) {
        struct made *m = &h->records[h->first_open];
        if (m->boot != h->boot || m->sequence > upto)
            break;
        m->acknowledged = true;
        if (m->what == SAMPLE && mono_since(now, m->sent) > h->slowest_sample_ns)
            h->slowest_sample_ns = mono_since(now, m->sent);
        h->first_open++;
    }
}

static void take_from_engine_side(struct harness *h, const struct frame *f)
{
    struct se_durable durable;
    struct se_restored restored;
    arena_destroy(h->arena);
    h->arena = arena_create(0);
    if (f->type == SE_DURABLE && frame_unpack(f, &se_durable_record, h->arena, &durable))
        take_durable(h, durable.sequence);
    else if (f->type == SE_RESTORED && frame_unpack(f, &se_restored_record, h->arena, &restored))
        h->restored |= restored.last;
    else if (f->type == SE_TROUBLE)
        die(h, "the store is in trouble");
}

/* --- the courier --- */

static void check_order(struct harness *h, uint32_t id)
{
    for (uint32_t other = id - id % 4; other < id; other++)
        if ((other & 1) == (id & 1) && h->records[other].what == COMMIT &&
            h->records[other].acknowledged && h->records[other].taken == 0)
            die(h, "message %u overtook %u", id, other);
}

static void take_from_courier_side(struct harness *h, const struct frame *f)
{
    struct sc_deliver m;
    arena_destroy(h->arena);
    h->arena = arena_create(0);
    if (f->type != SC_DELIVER || !frame_unpack(f, &sc_deliver_record, h->arena, &m))
        die(h, "nonsense to the courier");
    uint32_t id = (uint32_t)strtoul(m.key + 4, NULL, 10);
    struct made *r = &h->records[id];
    if (id >= h->count || r->what != COMMIT || !strstr(m.document, m.key))
        die(h, "a message nobody made: %s", m.key);
    if (r->taken && r->taken_in_round == h->round)
        die(h, "message %u was handed out twice by one store", id);
    check_order(h, id);
    h->messages_again += r->taken > 0;
    h->messages_taken++;
    r->taken++;
    r->taken_in_round = h->round;
    struct cs_outcome o = {m.key, m.receiver, DELIVERY_SENT, 0, NULL};
    send_record(h, h->courier, CS_OUTCOME, &cs_outcome_record, &o);
}

/* --- a round --- */

/* Takes what came within the time; false when the store closed a channel. */
static bool listen_for(struct harness *h, int64_t time_ns)
{
    struct pollfd fds[2] = {{h->engine, POLLIN, 0}, {h->courier, POLLIN, 0}};
    int n = poll(fds, 2, (int)(time_ns / NS_PER_MS));
    for (int i = 0; n > 0 && i < 2; i++) {
        struct frame f;
        enum frame_result r;
        if (!fds[i].revents)
            continue;
        while ((r = frame_receive(fds[i].fd, h->buffer, &f)) == FRAME_OK)
            i == 0 ? take_from_engine_side(h, &f) : take_from_courier_side(h, &f);
        if (r != FRAME_AGAIN)
            return false;
    }
    return true;
}

static void wait_restored(struct harness *h)
{
    struct mono began = clock_mono();
    while (!h->restored) {
        if (!listen_for(h, MILLISECONDS(100)))
            die(h, "the store ended while starting");
        if (mono_since(clock_mono(), began) > START_MOST_NS)
            die(h, "the start took over 5 s");
    }
    if (mono_since(clock_mono(), began) > h->slowest_start_ns)
        h->slowest_start_ns = mono_since(clock_mono(), began);
}

static void play(struct harness *h, struct mono until)
{
    for (uint32_t i = h->first_open; i < h->count; i++) {
        h->records[i].sent = clock_mono();
        send_again(h, i);
    }
    while (mono_before(clock_mono(), until)) {
        for (int burst = rand() % 3; burst > 0 && h->count - h->first_open < IN_FLIGHT_MAX; burst--)
            make_record(h);
        if (!listen_for(h, MILLISECONDS(rand() % 3)))
            die(h, "the store ended by itself");
    }
}

static void one_round(struct harness *h)
{
    int64_t life_ns = rand() % LIFE_MOST_NS;
    struct mono begin = clock_mono();
    maybe_reboot(h);
    start_store(h);
    say_hello(h);
    if (rand() % 8) { /* else killed while starting */
        wait_restored(h);
        begin = clock_mono();
    }
    if (h->restored)
        play(h, mono_after(begin, life_ns));
    else
        listen_for(h, life_ns / 4);
    kill_store(h);
}

/* --- the comparison --- */

static bool all_settled(const struct harness *h)
{
    if (h->first_open < h->count)
        return false;
    for (uint32_t i = 0; i < h->count; i++)
        if (h->records[i].what == COMMIT && h->records[i].acknowledged && !h->records[i].taken)
            return false;
    return true;
}

static void settle(struct harness *h)
{
    struct mono until = mono_after(clock_mono(), FINISH_MOST_NS);
    h->round++;
    start_store(h);
    say_hello(h);
    wait_restored(h);
    for (uint32_t i = h->first_open; i < h->count; i++) {
        send_again(h, i);
        listen_for(h, 0);
    }
    while (!all_settled(h)) {
        if (!listen_for(h, MILLISECONDS(20)) || !mono_before(clock_mono(), until))
            die(h, "not everything was delivered");
    }
    listen_for(h, MILLISECONDS(50)); /* the last outcomes reach the database */
    kill_store(h);
}

static void check_database(struct harness *h)
{
    char path[64];
    sqlite3 *db;
    sqlite3_stmt *s;
    snprintf(path, sizeof path, "%s/hayloft.db", h->folder);
    if (sqlite3_open(path, &db) != SQLITE_OK ||
        sqlite3_prepare_v2(db, "SELECT text FROM event WHERE kind = 'test'", -1, &s, NULL) != SQLITE_OK)
        die(h, "the database cannot be read: %s", sqlite3_errmsg(db));
    while (sqlite3_step(s) == SQLITE_ROW) {
        uint32_t id = (uint32_t)sqlite3_column_int(s, 0);
        if (id >= h->count || h->records[id].what != COMMIT || h->records[id].seen)
            die(h, "event %u is there twice or was never made", id);
        h->records[id].seen = true;
    }
    sqlite3_finalize(s);
    if (sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &s, NULL) != SQLITE_OK ||
        sqlite3_step(s) != SQLITE_ROW || strcmp((const char *)sqlite3_column_text(s, 0), "ok") != 0)
        die(h, "the database is damaged");
    sqlite3_finalize(s);
    sqlite3_close(db);
}

static void on_journaled(void *ctx, const struct journal_record *r, struct journal_position position)
{
    struct harness *h = ctx;
    struct reader in = reader_over(r->payload, r->len);
    const uint8_t *value;
    uint64_t bits = 0;
    double number;
    (void)position;
    if (r->type != JOURNAL_SAMPLES || !rd_skip(&in, JOURNAL_STAMP_BYTES + 14) || !rd_bytes(&in, &value, 8))
        return;
    for (int i = 0; i < 8; i++)
        bits = bits << 8 | value[i];
    memcpy(&number, &bits, sizeof number);
    if (number >= 0 && number < h->count)
        h->records[(uint32_t)number].seen = true;
}

static void on_name(void *ctx, const struct journal_record *r, struct journal_position position)
{
    (void)ctx, (void)r, (void)position;
}

static void check_journal(struct harness *h)
{
    char path[64];
    snprintf(path, sizeof path, "%s/journal", h->folder);
    struct journal *j = journal_open(&(struct journal_settings){.folder = path}, on_name, NULL);
    if (!j || !journal_replay(j, (struct journal_position){0}, on_journaled, h))
        die(h, "the journal cannot be read");
    journal_close(j);
}

static void compare(struct harness *h)
{
    uint32_t lost = 0, acknowledged = 0;
    check_database(h);
    check_journal(h);
    for (uint32_t i = 0; i < h->count; i++) {
        const struct made *m = &h->records[i];
        if (!m->acknowledged || m->what == KEEP)
            continue;
        acknowledged++;
        lost += !m->seen;
    }
    if (lost)
        die(h, "%u of %u acknowledged records are missing", lost, acknowledged);
    if (h->slowest_sample_ns > SAMPLE_MOST_NS)
        die(h, "a sample waited %" PRId64 " ms for its acknowledgement", h->slowest_sample_ns / NS_PER_MS);
    printf("%u kills: %u acknowledged records, none missing; %u messages taken, %u of them again; slowest"
           " start %" PRId64 " ms, slowest sample %" PRId64 " ms (seed %u)\n",
           h->rounds, acknowledged, h->messages_taken, h->messages_again, h->slowest_start_ns / NS_PER_MS,
           h->slowest_sample_ns / NS_PER_MS, h->seed);
}

/* A reader that never moves keeps every segment, so that all samples can be found at the end. */
static void pin_journal(const struct harness *h)
{
    char path[64];
    snprintf(path, sizeof path, "%s/journal", h->folder);
    mkdir(path, 0750);
    snprintf(path, sizeof path, "%s/journal/cursors", h->folder);
    FILE *f = fopen(path, "w");
    if (!f || fprintf(f, "harness 0\n") < 0 || fclose(f) != 0)
        die(h, "no cursor: %s", strerror(errno));
}

int main(int argc, char **argv)
{
    struct harness h = {.folder = "/tmp/hayloft-kill-XXXXXX"};
    const char *rounds = argc > 1 ? argv[1] : getenv("HAYLOFT_KILLS");
    h.rounds = rounds ? (uint32_t)strtoul(rounds, NULL, 10) : ROUNDS;
    h.seed = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : (unsigned)clock_wall().ns;
    srand(h.seed);
    h.records = calloc(RECORDS_MAX, sizeof *h.records);
    h.buffer = malloc(FRAME_BUFFER_BYTES);
    if (!h.records || !h.buffer)
        die(&h, "no memory");
    folder_make(h.folder);
    pin_journal(&h);
    for (h.round = 0; h.round < h.rounds; h.round++)
        one_round(&h);
    settle(&h);
    compare(&h);
    folder_remove(h.folder);
    free(h.records);
    free(h.buffer);
    arena_destroy(h.arena);
    return 0;
}
