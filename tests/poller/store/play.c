#include "tests/poller/store/play.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
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

#include "poller/base/log.h"
#include "poller/base/sandbox.h"
#include "poller/message/engine_store.h"
#include "poller/message/store_courier.h"
#include "poller/store/journal_record.h"
#include "tests/support/folder.h"

#define START_MOST_NS  SECONDS(5)
#define FINISH_MOST_NS SECONDS(20)
#define RECORDS_MAX    (1u << 21)
#define IN_FLIGHT_MAX  400 /* records unacknowledged before the engine pauses */

_Noreturn void play_die(const struct play *p, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "%s: round %u, seed %u: ", p->name, p->round, p->seed);
    vfprintf(stderr, format, args);
    fprintf(stderr, "\n");
    va_end(args);
    if (p->child > 0)
        kill(p->child, SIGKILL);
    exit(1);
}

void play_init(struct play *p, const char *name, unsigned seed)
{
    *p = (struct play){.name = name, .seed = seed};
    p->settings.journal_sync_ns = SECONDS(1);
    srand(seed);
    p->records = calloc(RECORDS_MAX, sizeof *p->records);
    p->buffer = malloc(FRAME_BUFFER_BYTES);
    if (!p->records || !p->buffer)
        play_die(p, "no memory");
}

void play_fini(struct play *p)
{
    free(p->records);
    free(p->buffer);
    arena_destroy(p->arena);
}

/* --- the store's process --- */

static _Noreturn void be_store(const struct play *p, int engine, int courier)
{
    uv_loop_t *loop = uv_default_loop();
    struct store_settings s = p->settings;
    char folder[PATH_MAX];
    s.state_folder = p->folder;
    log_init(p->name, getenv("HAYLOFT_TEST_LOG") ? LOG_LEVEL_INFO : LOG_LEVEL_WARN);
    /* strict: a call the fence should let through ends the round */
    if (!realpath(p->folder, folder) ||
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

static void start_process(struct play *p)
{
    int engine[2], courier[2];
    if (frame_pair(engine) != 0 || frame_pair(courier) != 0)
        play_die(p, "no sockets: %s", strerror(errno));
    fflush(NULL);
    p->child = fork();
    if (p->child < 0)
        play_die(p, "no process: %s", strerror(errno));
    if (p->child == 0) {
        close(engine[0]);
        close(courier[0]);
        be_store(p, engine[1], courier[1]);
    }
    close(engine[1]);
    close(courier[1]);
    p->engine = engine[0];
    p->courier = courier[0];
    p->restored = false;
}

int play_status(struct play *p)
{
    int status;
    if (waitpid(p->child, &status, 0) != p->child)
        play_die(p, "no store to wait for");
    p->child = 0;
    close(p->engine);
    close(p->courier);
    return status;
}

void play_kill(struct play *p)
{
    kill(p->child, SIGKILL);
    int status = play_status(p);
    if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
        play_die(p, "the store had ended by itself: %d", status);
}

/* --- the engine --- */

static bool send_record(int fd, uint16_t type, const struct record *r, const void *value)
{
    struct buf packed = {0};
    field_pack(r, value, NULL, &packed);
    enum frame_result result = frame_send(fd, type, packed.data, packed.len, -1);
    buf_fini(&packed);
    return result == FRAME_OK;
}

uint32_t play_object(const struct play_record *r)
{
    return r->nth % PLAY_OBJECTS;
}

int64_t play_stamp_ns(const struct play *p, const struct play_record *r)
{
    if (!p->first_stamp_ns)
        return clock_wall().ns;
    return p->first_stamp_ns + SECONDS(PLAY_STEP_S) * (int64_t)(r->nth / PLAY_OBJECTS);
}

static bool send_sample(struct play *p, const struct play_record *m, uint32_t id)
{
    uint8_t bytes[64];
    uint64_t bits;
    double value = id;
    struct writer w = writer_over(bytes, sizeof bytes);
    memcpy(&bits, &value, sizeof bits);
    wr_u32(&w, play_object(m));
    wr_u64(&w, (uint64_t)play_stamp_ns(p, m));
    wr_u16(&w, 1);
    wr_u64(&w, bits);
    struct es_samples s = {m->sequence, {bytes, wr_len(&w)}};
    return send_record(p->engine, ES_SAMPLES, &es_samples_record, &s);
}

/* Four commits belong to an incident, each with a message to one of two receivers. */
static bool send_commit(struct play *p, const struct play_record *m, uint32_t id)
{
    char text[32], incident[32], key[32];
    snprintf(text, sizeof text, "%u", id);
    snprintf(incident, sizeof incident, "incident-%u", id / 4);
    snprintf(key, sizeof key, "key-%u", id);
    struct plain_event event = {"test", "router", text, clock_wall()};
    struct incident in = {.id = incident, .opened = {1000}, .cause = {.kind = CAUSE_NODE_DOWN}};
    struct outbox_entry out = {key,          incident, id & 1 ? "odd" : "even", MESSAGE_CHANGED,
                               clock_wall(), NULL};
    struct es_commit c = {.sequence = m->sequence,
                          .at = clock_wall(),
                          .events = &event,
                          .events_count = 1,
                          .incidents = &in,
                          .incidents_count = 1,
                          .outbox = &out,
                          .outbox_count = 1};
    return send_record(p->engine, ES_COMMIT, &es_commit_record, &c);
}

static bool send_keep(struct play *p, const struct play_record *m, uint32_t id)
{
    char value[32];
    snprintf(value, sizeof value, "%u", id);
    struct kept_item item = {"router", "newest", value};
    struct es_keep k = {m->sequence, &item, 1};
    return send_record(p->engine, ES_KEEP, &es_keep_record, &k);
}

static bool send_again(struct play *p, uint32_t id)
{
    const struct play_record *m = &p->records[id];
    return m->what == PLAY_SAMPLE   ? send_sample(p, m, id)
           : m->what == PLAY_COMMIT ? send_commit(p, m, id)
                                    : send_keep(p, m, id);
}

static void make_record(struct play *p)
{
    if (p->count == RECORDS_MAX)
        play_die(p, "more than %u records", RECORDS_MAX);
    int dice = rand() % 10;
    struct play_record *m = &p->records[p->count];
    *m = (struct play_record){.what = dice < 6   ? PLAY_SAMPLE
                                      : dice < 9 ? PLAY_COMMIT
                                                 : PLAY_KEEP,
                              .boot = p->boot,
                              .sequence = ++p->sequence,
                              .sent = clock_mono()};
    if (m->what == PLAY_SAMPLE)
        m->nth = p->samples++;
    send_again(p, p->count++); /* not sent: it will be, to the next store */
}

static void say_hello(struct play *p)
{
    char boot[32], name[32];
    snprintf(boot, sizeof boot, "boot-%u-%u", p->seed, p->boot);
    struct es_hello hello = {boot, p->sequence + 1};
    send_record(p->engine, ES_HELLO, &es_hello_record, &hello);
    for (uint32_t i = 0; i < PLAY_OBJECTS; i++) {
        char *source = "value";
        snprintf(name, sizeof name, "object-%u", i);
        struct es_object o = {.object = i,
                              .vantage = "here",
                              .node = "router",
                              .name = name,
                              .layout = LAYOUT_READINGS,
                              .step_ns = SECONDS(PLAY_STEP_S),
                              .sources = &source,
                              .sources_count = 1};
        send_record(p->engine, ES_OBJECT, &es_object_record, &o);
    }
}

void play_start(struct play *p)
{
    p->life++;
    start_process(p);
    say_hello(p);
}

/* The new one knows nothing of what was on its way. */
void play_maybe_reboot(struct play *p)
{
    if (p->round && rand() % 5)
        return;
    for (uint32_t i = p->first_open; i < p->count; i++)
        p->records[i].abandoned = !p->records[i].acknowledged;
    p->first_open = p->count;
    p->boot++;
    p->sequence = 0;
}

static void take_durable(struct play *p, uint64_t upto)
{
    struct mono now = clock_mono();
    while (p->first_open < p->count) {
        struct play_record *m = &p->records[p->first_open];
        if (m->boot != p->boot || m->sequence > upto)
            break;
        m->acknowledged = true;
        m->acknowledged_at = now;
        if (m->what == PLAY_SAMPLE && mono_since(now, m->sent) > p->slowest_sample_ns)
            p->slowest_sample_ns = mono_since(now, m->sent);
        p->first_open++;
    }
}

static void take_from_engine_side(struct play *p, const struct frame *f)
{
    struct se_durable durable;
    struct se_restored restored;
    struct se_trouble trouble;
    arena_destroy(p->arena);
    p->arena = arena_create(0);
    if (f->type == SE_DURABLE && frame_unpack(f, &se_durable_record, p->arena, &durable))
        take_durable(p, durable.sequence);
    else if (f->type == SE_RESTORED && frame_unpack(f, &se_restored_record, p->arena, &restored))
        p->restored |= restored.last;
    else if (f->type == SE_TROUBLE && !p->disk_is_dead &&
             frame_unpack(f, &se_trouble_record, p->arena, &trouble))
        play_die(p, "the store is in trouble: %s: %s", trouble.what, trouble.detail);
}

/* --- the courier --- */

static void check_order(struct play *p, uint32_t id)
{
    for (uint32_t other = id - id % 4; other < id; other++)
        if ((other & 1) == (id & 1) && p->records[other].what == PLAY_COMMIT &&
            p->records[other].acknowledged && p->records[other].taken == 0)
            play_die(p, "message %u overtook %u", id, other);
}

static void take_from_courier_side(struct play *p, const struct frame *f)
{
    struct sc_deliver m;
    arena_destroy(p->arena);
    p->arena = arena_create(0);
    if (f->type != SC_DELIVER || !frame_unpack(f, &sc_deliver_record, p->arena, &m))
        play_die(p, "nonsense to the courier");
    uint32_t id = (uint32_t)strtoul(m.key + 4, NULL, 10);
    struct play_record *r = &p->records[id];
    if (id >= p->count || r->what != PLAY_COMMIT || !strstr(m.document, m.key))
        play_die(p, "a message nobody made: %s", m.key);
    if (r->taken && r->taken_in_life == p->life)
        play_die(p, "message %u was handed out twice by one store", id);
    if (!p->disk_is_dead)
        check_order(p, id);
    p->messages_again += r->taken > 0;
    p->messages_taken++;
    r->taken++;
    r->taken_in_life = p->life;
    struct cs_outcome o = {m.key, m.receiver, DELIVERY_SENT, 0, NULL};
    send_record(p->courier, CS_OUTCOME, &cs_outcome_record, &o);
}

/* --- playing --- */

bool play_listen(struct play *p, int64_t time_ns)
{
    struct pollfd fds[2] = {{p->engine, POLLIN, 0}, {p->courier, POLLIN, 0}};
    int n = poll(fds, 2, (int)(time_ns / NS_PER_MS));
    for (int i = 0; n > 0 && i < 2; i++) {
        struct frame f;
        enum frame_result r;
        if (!fds[i].revents)
            continue;
        while ((r = frame_receive(fds[i].fd, p->buffer, &f)) == FRAME_OK)
            i == 0 ? take_from_engine_side(p, &f) : take_from_courier_side(p, &f);
        if (r != FRAME_AGAIN)
            return false;
    }
    return true;
}

void play_wait_restored(struct play *p)
{
    struct mono began = clock_mono();
    while (!p->restored) {
        if (!play_listen(p, MILLISECONDS(100)))
            play_die(p, "the store ended while starting");
        if (mono_since(clock_mono(), began) > START_MOST_NS)
            play_die(p, "the start took over 5 s");
    }
    if (mono_since(clock_mono(), began) > p->slowest_start_ns)
        p->slowest_start_ns = mono_since(clock_mono(), began);
}

bool play_until_it_ends(struct play *p, struct mono until)
{
    for (uint32_t i = p->first_open; i < p->count; i++) {
        p->records[i].sent = clock_mono();
        send_again(p, i);
    }
    while (mono_before(clock_mono(), until)) {
        for (int burst = rand() % 3; burst > 0 && p->count - p->first_open < IN_FLIGHT_MAX; burst--)
            make_record(p);
        if (!play_listen(p, MILLISECONDS(rand() % 3)))
            return true;
    }
    return false;
}

void play_until(struct play *p, struct mono until)
{
    if (play_until_it_ends(p, until))
        play_die(p, "the store ended by itself: %d", play_status(p));
}

static bool all_settled(const struct play *p)
{
    if (p->first_open < p->count)
        return false;
    for (uint32_t i = 0; i < p->count; i++)
        if (p->records[i].what == PLAY_COMMIT && p->records[i].acknowledged && !p->records[i].taken)
            return false;
    return true;
}

void play_settle(struct play *p)
{
    struct mono until = mono_after(clock_mono(), FINISH_MOST_NS);
    p->round++;
    play_start(p);
    play_wait_restored(p);
    for (uint32_t i = p->first_open; i < p->count; i++) {
        send_again(p, i);
        play_listen(p, 0);
    }
    while (!all_settled(p)) {
        if (!play_listen(p, MILLISECONDS(20)) || !mono_before(clock_mono(), until))
            play_die(p, "not everything was delivered");
    }
    play_listen(p, MILLISECONDS(50)); /* the last outcomes reach the database */
    play_kill(p);
}

/* --- what is found again --- */

void play_forget_seen(struct play *p)
{
    for (uint32_t i = 0; i < p->count; i++)
        p->records[i].seen = false;
}

static sqlite3_stmt *ask(struct play *p, sqlite3 *db, const char *sql)
{
    sqlite3_stmt *s;
    if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK)
        play_die(p, "the database cannot be read: %s", sqlite3_errmsg(db));
    return s;
}

/* The bytes of a file below the folder, malloc'd; NULL: there is none. */
static uint8_t *read_file(struct play *p, const char *name, size_t *len)
{
    char path[PATH_MAX];
    struct stat st;
    snprintf(path, sizeof path, "%s/%s", p->folder, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return NULL;
    if (fd < 0 || fstat(fd, &st) != 0)
        play_die(p, "%s: %s", path, strerror(errno));
    uint8_t *bytes = malloc((size_t)st.st_size + 1);
    if (!bytes || read(fd, bytes, (size_t)st.st_size) != st.st_size)
        play_die(p, "%s cannot be read", path);
    close(fd);
    *len = (size_t)st.st_size;
    return bytes;
}

static bool copy_part(struct play *p, const char *name, const char *folder)
{
    char path[PATH_MAX];
    size_t len;
    uint8_t *bytes = read_file(p, name, &len);
    if (!bytes)
        return false;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    if (!f || fwrite(bytes, 1, len, f) != len || fclose(f) != 0)
        play_die(p, "%s cannot be written", path);
    free(bytes);
    return true;
}

static void look_at_rows(struct play *p, sqlite3 *db)
{
    sqlite3_stmt *s = ask(p, db, "SELECT text FROM event WHERE kind = 'test'");
    while (sqlite3_step(s) == SQLITE_ROW) {
        uint32_t id = (uint32_t)sqlite3_column_int(s, 0);
        if (id >= p->count || p->records[id].what != PLAY_COMMIT || p->records[id].seen)
            play_die(p, "event %u is there twice or was never made", id);
        p->records[id].seen = true;
    }
    sqlite3_finalize(s);
    s = ask(p, db, "PRAGMA integrity_check");
    if (sqlite3_step(s) != SQLITE_ROW || strcmp((const char *)sqlite3_column_text(s, 0), "ok") != 0)
        play_die(p, "the database is damaged");
    sqlite3_finalize(s);
}

void play_look_into_database(struct play *p)
{
    char folder[] = "/tmp/hayloft-copy-XXXXXX", path[64];
    sqlite3 *db;
    folder_make(folder);
    if (copy_part(p, "hayloft.db", folder)) {
        copy_part(p, "hayloft.db-wal", folder);
        snprintf(path, sizeof path, "%s/hayloft.db", folder);
        if (sqlite3_open(path, &db) != SQLITE_OK)
            play_die(p, "the database cannot be opened: %s", sqlite3_errmsg(db));
        /* the power may have gone before there was a schema */
        if (sqlite3_exec(db, "SELECT 1 FROM event LIMIT 1", NULL, NULL, NULL) == SQLITE_OK)
            look_at_rows(p, db);
        sqlite3_close(db);
    }
    folder_remove(folder);
}

static void note_sample(struct play *p, const struct journal_record *r)
{
    struct reader in = reader_over(r->payload, r->len);
    const uint8_t *value;
    uint64_t bits = 0;
    double number;
    if (r->type != JOURNAL_SAMPLES || !rd_skip(&in, JOURNAL_STAMP_BYTES + 14) ||
        !rd_bytes(&in, &value, 8))
        return;
    for (int i = 0; i < 8; i++)
        bits = bits << 8 | value[i];
    memcpy(&number, &bits, sizeof number);
    if (number >= 0 && number < p->count)
        p->records[(uint32_t)number].seen = true;
}

static void look_at_segment(struct play *p, const char *name)
{
    uint64_t number;
    size_t len;
    struct journal_record r;
    uint8_t *bytes = read_file(p, name, &len);
    struct journal_walk w = {bytes, len, JOURNAL_HEAD_BYTES, 0, false};
    if (journal_head_unpack(bytes, len, &number, &w.sum))
        while (journal_walk_next(&w, &r))
            note_sample(p, &r);
    free(bytes);
}

void play_look_into_journal(struct play *p)
{
    char pattern[96];
    glob_t found;
    snprintf(pattern, sizeof pattern, "%s/journal/*.seg", p->folder);
    if (glob(pattern, 0, NULL, &found) != 0)
        return;
    for (size_t i = 0; i < found.gl_pathc; i++)
        look_at_segment(p, found.gl_pathv[i] + strlen(p->folder) + 1);
    globfree(&found);
}

void play_pin_journal(const struct play *p)
{
    char path[96];
    snprintf(path, sizeof path, "%s/journal", p->folder);
    mkdir(path, 0750);
    snprintf(path, sizeof path, "%s/journal/cursors", p->folder);
    FILE *f = fopen(path, "w");
    if (!f || fprintf(f, "harness 0\n") < 0 || fclose(f) != 0)
        play_die(p, "no cursor: %s", strerror(errno));
}
