/* Counts what comes in by an interface, by sender, VLAN and kind of frame (tests/support/frame_kind.h). When it is
 * ended (SIGTERM) it prints a line each: "COUNT MAC VID KIND", VID - without a tag. Prints "ready" when it listens.
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
static volatile sig_atomic_t ended;

static void on_signal(int number)
{
    (void)number;
    ended = 1;
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

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: frame_audit INTERFACE\n");
        return 1;
    }
    struct sigaction act = {.sa_handler = on_signal};
    sigset_t awake, ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    sigprocmask(SIG_BLOCK, &ends, &awake); /* it comes while we wait, and then only */
    sigaction(SIGTERM, &act, NULL);
    sigaction(SIGINT, &act, NULL);
    int fd = packet_end_open(argv[1]);
    puts("ready");
    fflush(stdout);
    while (!ended) {
        struct pollfd p = {fd, POLLIN, 0};
        if (ppoll(&p, 1, NULL, &awake) < 0 && errno != EINTR)
            return 1;
        take_all(fd);
    }
    for (size_t i = 0; i < line_count; i++)
        print_line(&lines[i]);
    if (uncounted)
        printf("%" PRIu64 " uncounted\n", uncounted);
}
