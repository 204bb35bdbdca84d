/* Counts what comes in by an interface, by sender, VLAN and kind of frame (tests/support/frame_kind.h). Prints "ready"
 * when it listens; when asked (SIGUSR1) and when ended (SIGTERM) a line each, "COUNT MAC VID KIND", VID - without a
 * tag, of all since it began, and "counted" below them.
 *
 *   frame_audit INTERFACE */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "tests/lab/packet_end.h"
#include "tests/support/frame_kind.h"

#define LINES_MAX 1024

struct line {
    struct frame_seen seen;
    uint64_t count;
};

static struct line lines[LINES_MAX];
static size_t line_count;
static uint64_t uncounted; /* for want of lines */
static volatile sig_atomic_t asked, ended;

static void on_signal(int number)
{
    asked = 1;
    ended |= number != SIGUSR1;
}

static void count(const struct frame_seen *s)
{
    size_t i = 0;
    while (i < line_count && (lines[i].seen.vid != s->vid || lines[i].seen.kind != s->kind ||
                              memcmp(lines[i].seen.from.bytes, s->from.bytes, sizeof s->from.bytes) != 0))
        i++;
    if (i == LINES_MAX) {
        uncounted++;
        return;
    }
    if (i == line_count)
        lines[line_count++].seen = *s;
    lines[i].count++;
}

static void take_all(int fd)
{
    uint8_t buffer[PACKET_END_MAX], *frame;
    ssize_t len;
    while ((len = packet_end_receive(fd, buffer, &frame)) >= 0) {
        struct frame_seen s = frame_look(frame, (size_t)len);
        count(&s);
    }
}

static void print_line(const struct line *l)
{
    char mac[MAC_TEXT_MAX], vid[8] = "-";
    if (l->seen.vid != FRAME_NO_VID)
        snprintf(vid, sizeof vid, "%" PRId32, l->seen.vid);
    printf("%" PRIu64 " %s %s %s\n", l->count, mac_text(&l->seen.from, mac), vid, frame_kind_words[l->seen.kind]);
}

static void print_all(void)
{
    for (size_t i = 0; i < line_count; i++)
        print_line(&lines[i]);
    if (uncounted)
        printf("%" PRIu64 " uncounted\n", uncounted);
    puts("counted");
    fflush(stdout);
    asked = 0;
}

/* Signals come while we wait, and then only: awake is the mask for that. */
static void take_signals(sigset_t *awake)
{
    static const int numbers[] = {SIGUSR1, SIGTERM, SIGINT};
    struct sigaction act = {.sa_handler = on_signal};
    sigset_t blocked;
    sigemptyset(&blocked);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        sigaddset(&blocked, numbers[i]);
        sigaction(numbers[i], &act, NULL);
    }
    sigprocmask(SIG_BLOCK, &blocked, awake);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: frame_audit INTERFACE\n");
        return 1;
    }
    sigset_t awake;
    take_signals(&awake);
    int fd = packet_end_open(argv[1]);
    puts("ready");
    fflush(stdout);
    while (!ended) {
        struct pollfd p = {fd, POLLIN, 0};
        if (ppoll(&p, 1, NULL, &awake) < 0 && errno != EINTR)
            return 1;
        take_all(fd);
        if (asked)
            print_all();
    }
}
