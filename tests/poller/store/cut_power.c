/* cut_power FILE-SYSTEM [ROUNDS [SEED]] (or HAYLOFT_CUTS=ROUNDS): cuts the power of a store's disk
 * and compares.
 *
 * The state folder lies on a file system of its own, ext4 or xfs, in a file behind a loop device.
 * Each round starts a store, plays its engine and its courier (play.h), lets the kernel write some
 * pages of some RRD files, as it does whenever it likes, and takes the file system down without its
 * log: what was not synced is gone. Half of the stores stop dead with the power, the others live on
 * for a moment with a disk that answers EIO; one that is ended by that (SIGBUS: a mapped page is
 * gone) must start again on the dead disk. Then the file system is mounted again, and of what lies
 * there
 *   - every acknowledged commit is in the database, once, which passes its own integrity check;
 *   - every acknowledged sample is in the journal, but for those of the last journal.sync;
 * and of a store started on it
 *   - it answers within 5 s, without being in trouble, and without leaving a file nobody can read
 * unnamed;
 *   - each RRD file holds, of the stretch its ring still has, every sample the journal has, at its
 * own minute, and nothing else. Ends with 77 and a word where there are no rights, loop devices, or
 * mkfs for it. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <linux/loop.h>
#include <math.h>
#include <rrd.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "graphs/layout.h"
#include "graphs/rrd_header.h"
#include "poller/base/log.h"
#include "tests/poller/store/play.h"
#include "tests/support/folder.h"

#define ROUNDS          10
#define LIFE_MOST_NS    MILLISECONDS(1200)
#define SYNC_NS         MILLISECONDS(500)
#define SYNC_TAKES_NS   MILLISECONDS(500) /* beyond its period, on a busy machine */
#define WRITTEN_MOST_NS SECONDS(10)
#define DISK_BYTES      (400l << 20) /* in a file with holes; xfs asks for 300 MiB */
#define RING_ROWS       600          /* some pages of them, behind the head's */
#define LOOK_BACK       200          /* rows of it that are compared each time */
#define SKIPPED         77
#define SHUTDOWN        _IOR('X', 125, uint32_t) /* EXT4_IOC_SHUTDOWN, XFS_IOC_GOINGDOWN */
#define WITHOUT_LOG     2

struct cut {
    struct play play;
    const char *type, *options;
    char folder[32], disk[48], mount_point[48];
    int loop;
    char device[32];
    struct mono cut_at;
    int64_t oldest_lost_ns;
    uint32_t lost, acknowledged, rows_compared, mapped_deaths;
};

static _Noreturn void skip(const struct cut *c, const char *why)
{
    printf("power is not cut on %s here: %s\n", c->type, why);
    if (c->folder[0])
        folder_remove(c->folder);
    exit(SKIPPED);
}

/* --- the disk --- */

static int run(char *const argv[])
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        int null = open("/dev/null", O_WRONLY);
        dup2(null, STDOUT_FILENO);
        dup2(null, STDERR_FILENO);
        execvp(argv[0], argv);
        _exit(127);
    }
    return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status)
                                                                           : -1;
}

static void make_disk(struct cut *c)
{
    char mkfs[32];
    char *const argv[] = {mkfs, "-q", c->disk, NULL};
    snprintf(mkfs, sizeof mkfs, "mkfs.%s", c->type);
    int fd = open(c->disk, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 || ftruncate(fd, DISK_BYTES) != 0)
        skip(c, strerror(errno));
    close(fd);
    if (run(argv) != 0)
        skip(c, "mkfs is missing or does not work");
}

/* Somebody else may take the free one before us. */
static bool attach(struct cut *c)
{
    int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
    int disk = open(c->disk, O_RDWR | O_CLOEXEC);
    struct loop_config config = {.fd = (uint32_t)disk, .info.lo_flags = LO_FLAGS_AUTOCLEAR};
    bool attached = false;
    for (int i = 0; i < 20 && control >= 0 && disk >= 0 && !attached; i++) {
        int number = ioctl(control, LOOP_CTL_GET_FREE);
        snprintf(c->device, sizeof c->device, "/dev/loop%d", number);
        c->loop = number >= 0 ? open(c->device, O_RDWR | O_CLOEXEC) : -1;
        attached = c->loop >= 0 && ioctl(c->loop, LOOP_CONFIGURE, &config) == 0;
        if (!attached && c->loop >= 0)
            close(c->loop);
    }
    close(control);
    close(disk);
    return attached;
}

static void mount_disk(struct cut *c)
{
    if (mount(c->device, c->mount_point, c->type, 0, c->options) != 0)
        play_die(&c->play, "%s cannot be mounted: %s", c->type, strerror(errno));
}

static void unmount_disk(struct cut *c)
{
    while (umount(c->mount_point) != 0)
        if (errno != EBUSY)
            play_die(&c->play, "%s cannot be unmounted: %s", c->type, strerror(errno));
}

static void set_up(struct cut *c)
{
    snprintf(c->folder, sizeof c->folder, "/tmp/hayloft-cut-XXXXXX");
    folder_make(c->folder);
    snprintf(c->disk, sizeof c->disk, "%s/disk", c->folder);
    snprintf(c->mount_point, sizeof c->mount_point, "%s/mnt", c->folder);
    snprintf(c->play.folder, sizeof c->play.folder, "%s/state", c->mount_point);
    if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
        skip(c, "no right to mount");
    make_disk(c);
    if (!attach(c))
        skip(c, "no loop device to be had");
    mkdir(c->mount_point, 0700);
    if (mount(c->device, c->mount_point, c->type, 0, c->options) != 0) {
        skip(c, "the kernel does not mount it");
    }
    mkdir(c->play.folder, 0750);
    play_pin_journal(&c->play);
    sync();
}

static void tear_down(struct cut *c)
{
    unmount_disk(c);
    close(c->loop);
    folder_remove(c->folder);
}

/* --- the cut --- */

static void object_path(const struct cut *c, uint32_t object, char out[static 160])
{
    snprintf(out, 160, "%s/rrd/here/router/object-%u.rrd", c->play.folder, object);
}

/* What the kernel does with dirty pages when it likes: some of them reach the disk. */
static void write_some_pages(const struct cut *c)
{
    char path[160];
    for (uint32_t object = 0; object < PLAY_OBJECTS; object++) {
        object_path(c, object, path);
        int fd = rand() % 2 ? open(path, O_RDWR | O_CLOEXEC) : -1;
        if (fd < 0)
            continue;
        sync_file_range(fd, 4096l * (rand() % 4), 4096l * (1 + rand() % 3),
                        SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE |
                            SYNC_FILE_RANGE_WAIT_AFTER);
        close(fd);
    }
}

static void live_on(struct cut *c)
{
    struct play *p = &c->play;
    struct mono until = mono_after(clock_mono(), MILLISECONDS(rand() % 100));
    if (!play_until_it_ends(p, until))
        return;
    int status = play_status(p);
    if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGBUS)
        play_die(p, "the store ended on a dead disk: %d", status);
    c->mapped_deaths++;
    play_start(p);
    play_wait_restored(p); /* from memory */
    play_until(p, mono_after(clock_mono(), MILLISECONDS(20)));
}

static void cut_power(struct cut *c)
{
    struct play *p = &c->play;
    uint32_t flags = WITHOUT_LOG;
    int fd = open(c->mount_point, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool stops = rand() % 2;
    if (stops)
        kill(p->child, SIGSTOP);
    write_some_pages(c);
    c->cut_at = clock_mono();
    if (ioctl(fd, SHUTDOWN, &flags) != 0)
        play_die(p, "the power cannot be cut: %s", strerror(errno));
    close(fd);
    p->disk_is_dead = true;
    if (!stops)
        live_on(c);
    play_listen(p, 0);
    play_kill(p);
    p->disk_is_dead = false;
    unmount_disk(c);
    mount_disk(c);
}

/* --- what is left --- */

static void check_lost(struct cut *c, struct play_record *r)
{
    int64_t age_ns = mono_since(c->cut_at, r->sent);
    r->lost = true;
    c->lost++;
    if (age_ns > c->oldest_lost_ns)
        c->oldest_lost_ns = age_ns;
    if (age_ns > SYNC_NS + SYNC_TAKES_NS)
        play_die(&c->play, "a sample sent %" PRId64 " ms before the cut and acknowledged is lost",
                 age_ns / NS_PER_MS);
}

static void check_disk(struct cut *c)
{
    struct play *p = &c->play;
    play_forget_seen(p);
    play_look_into_database(p);
    play_look_into_journal(p);
    c->acknowledged = 0;
    for (uint32_t i = 0; i < p->count; i++) {
        struct play_record *r = &p->records[i];
        c->acknowledged += r->acknowledged;
        if (r->seen || !r->acknowledged || r->lost || r->what == PLAY_KEEP)
            continue;
        if (r->what == PLAY_COMMIT)
            play_die(p, "event %u was acknowledged and is lost", i);
        check_lost(c, r);
    }
}

/* --- what a store makes of it --- */

static const struct play *walked; /* nftw has no argument */

/* Files that may be empty: what was emptied on purpose. */
static bool may_be_empty(const char *path)
{
    static const char *const endings[] = {"/journal/heads", "-wal", "-shm", ".suspect"};
    size_t n = strlen(path);
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++)
        if (n > strlen(endings[i]) && strcmp(path + n - strlen(endings[i]), endings[i]) == 0)
            return true;
    return false;
}

static int look_at_file(const char *path, const struct stat *st, int kind, struct FTW *where)
{
    struct rrd_header h;
    char why[RRD_HEADER_WHY_MAX];
    const char *name = path + where->base, *dot = strrchr(name, '.');
    if (kind != FTW_F || !S_ISREG(st->st_mode) || strstr(name, ".bad"))
        return 0;
    if (st->st_size == 0 && !may_be_empty(path))
        play_die(walked, "%s is empty, and nobody says so", path);
    if (dot && strcmp(dot, ".new") == 0)
        play_die(walked, "%s is left over", path);
    if (dot && strcmp(dot, ".rrd") == 0 &&
        rrd_header_read(path, INT64_MAX, &h, why) != RRD_HEADER_GOOD)
        play_die(walked, "%s: %s", path, why);
    return 0;
}

static void check_files(struct cut *c)
{
    walked = &c->play;
    nftw(c->play.folder, look_at_file, 16, FTW_PHYS);
}

/* The samples of one object the journal has, by their minute since the first; NAN: none. */
struct minutes {
    double *values;
    size_t count;
};

static struct minutes minutes_of(const struct cut *c, uint32_t object)
{
    const struct play *p = &c->play;
    struct minutes m = {calloc(p->samples / PLAY_OBJECTS + 1, sizeof(double)), 0};
    if (!m.values)
        play_die(p, "no memory");
    for (uint32_t i = 0; i <= p->samples / PLAY_OBJECTS; i++)
        m.values[i] = NAN;
    for (uint32_t i = 0; i < p->count; i++) {
        const struct play_record *r = &p->records[i];
        if (r->what != PLAY_SAMPLE || !r->seen || play_object(r) != object)
            continue;
        m.values[r->nth / PLAY_OBJECTS] = i;
        m.count = r->nth / PLAY_OBJECTS + 1;
    }
    return m;
}

static bool has_row(const char *path, int64_t at_s)
{
    struct rrd_header h;
    char why[RRD_HEADER_WHY_MAX];
    return rrd_header_read(path, INT64_MAX, &h, why) == RRD_HEADER_GOOD && h.last_s >= at_s;
}

static void wait_written(struct cut *c, const char *path, int64_t at_s)
{
    struct mono until = mono_after(clock_mono(), WRITTEN_MOST_NS);
    while (!has_row(path, at_s)) {
        if (!play_listen(&c->play, MILLISECONDS(20)))
            play_die(&c->play, "the store ended by itself");
        if (!mono_before(clock_mono(), until))
            play_die(&c->play, "%s has not all that the journal has", path);
    }
}

/* After a gap that is longer than the heartbeat the next value speaks for nothing. */
static bool ends_a_gap(const struct minutes *m, size_t i)
{
    size_t gap = 1;
    while (gap <= i && isnan(m->values[i - gap]))
        gap++;
    return (int64_t)gap * PLAY_STEP_S > layout_heartbeat_s(PLAY_STEP_S);
}

/* A sample that is not there leaves its minute to the next one, as a gauge does. */
static bool is_right(const struct minutes *m, size_t i, double value)
{
    if (!isnan(m->values[i]))
        return value == m->values[i] || (isnan(value) && ends_a_gap(m, i));
    while (++i < m->count)
        if (!isnan(m->values[i]))
            return isnan(value) || value == m->values[i];
    return isnan(value);
}

static void compare_rows(struct cut *c, const char *path, const struct minutes *m)
{
    int64_t first_s = c->play.first_stamp_ns / NS_PER_S;
    size_t from = m->count > LOOK_BACK ? m->count - LOOK_BACK : 0;
    time_t start = first_s + PLAY_STEP_S * ((int64_t)from - 1);
    time_t end = first_s + PLAY_STEP_S * ((int64_t)m->count - 1);
    unsigned long step = PLAY_STEP_S, columns;
    char **names;
    rrd_value_t *values;
    rrd_clear_error();
    if (rrd_fetch_r(path, "AVERAGE", &start, &end, &step, &columns, &names, &values) != 0 ||
        columns != 1 || step != PLAY_STEP_S)
        play_die(&c->play, "%s: %s", path, rrd_get_error());
    for (size_t i = from; i < m->count; i++, c->rows_compared++)
        if (!is_right(m, i, values[i - from])) {
            for (size_t k = i > from + 4 ? i - 4 : from; k < m->count && k < i + 5; k++)
                fprintf(stderr, "minute %zu: %g in the file, %g in the journal\n", k,
                        values[k - from], m->values[k]);
            play_die(&c->play, "%s: minute %zu of %zu holds %g where %g belongs", path, i, m->count,
                     values[i - from], m->values[i]);
        }
    rrd_freemem(names[0]);
    rrd_freemem(names);
    rrd_freemem(values);
}

static void check_series(struct cut *c)
{
    char path[160];
    for (uint32_t object = 0; object < PLAY_OBJECTS; object++) {
        struct minutes m = minutes_of(c, object);
        object_path(c, object, path);
        if (m.count) {
            wait_written(c, path,
                         c->play.first_stamp_ns / NS_PER_S + PLAY_STEP_S * ((int64_t)m.count - 1));
            compare_rows(c, path, &m);
        }
        free(m.values);
    }
}

/* --- rounds --- */

static void one_round(struct cut *c)
{
    struct play *p = &c->play;
    int64_t life_ns = rand() % LIFE_MOST_NS;
    /* a sync of all files would make up for one that was forgotten: half of the stores do none */
    p->settings.files_sync_ns = rand() % 2 ? MILLISECONDS(300) : SECONDS(300);
    play_maybe_reboot(p);
    play_start(p);
    if (rand() % 8 || p->round == 0) { /* else the power goes while it starts */
        play_wait_restored(p);
        check_series(c);
        check_files(c);
        play_until(p, mono_after(clock_mono(), life_ns));
    } else {
        play_listen(p, life_ns / 20);
    }
    cut_power(c);
    check_disk(c);
}

static void prepare_play(struct cut *c, unsigned seed)
{
    static const struct layout_span spans[] = {{PLAY_STEP_S, PLAY_STEP_S * RING_ROWS},
                                               {300, 36000}};
    play_init(&c->play, "cut_power", seed);
    c->play.settings =
        (struct store_settings){.journal_sync_ns = SYNC_NS, .spans = spans, .span_count = 2};
    /* sixty days ago, so that each row is due at once */
    c->play.first_stamp_ns = (clock_wall().ns / SECONDS(300) * 300 - 60 * 86400) * NS_PER_S;
}

int main(int argc, char **argv)
{
    struct cut c = {.type = argc > 1 ? argv[1] : "ext4", .loop = -1};
    const char *rounds_text = argc > 2 ? argv[2] : getenv("HAYLOFT_CUTS");
    uint32_t rounds = rounds_text ? (uint32_t)strtoul(rounds_text, NULL, 10) : ROUNDS;
    if (strcmp(c.type, "ext4") == 0)
        c.options = "noauto_da_alloc"; /* no mercy for a rename without fsync */
    prepare_play(&c, argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : (unsigned)clock_wall().ns);
    set_up(&c);
    for (c.play.round = 0; c.play.round < rounds; c.play.round++)
        one_round(&c);
    play_settle(&c.play);
    check_disk(&c);
    printf("%u power cuts on %s: %u acknowledged records, no event lost, %u samples lost, the "
           "oldest sent %" PRId64 " ms before its cut (journal.sync %" PRId64
           " ms); %u rows of series compared; slowest start %" PRId64
           " ms; %u stores died of a mapped page (seed %u)\n",
           rounds, c.type, c.acknowledged, c.lost, c.oldest_lost_ns / NS_PER_MS,
           SYNC_NS / NS_PER_MS, c.rows_compared, c.play.slowest_start_ns / NS_PER_MS,
           c.mapped_deaths, c.play.seed);
    tear_down(&c);
    play_fini(&c.play);
    return 0;
}
