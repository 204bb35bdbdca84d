/* replay_agent: recorded SNMP agents on one UDP port of loopback.
 *
 *   replay_agent [-a ADDRESS] [-p PORT] [-m FIRST | -l LIST] [-o WORD]... [-t SECONDS] [-q] FOLDER
 *
 * FOLDER holds NAME.snmprec files. Without -m and -l each is asked by its name as community, at
 * ADDRESS (default 127.0.0.1). -m gives each an address of its own, from FIRST on (127.66.0.1), in
 * the order of their names; -l reads lines of ADDRESS NAME [WORD...]. -o sets manners of all: see
 * replay_farm.h for the words. Prints a line "ADDRESS NAME OBJECTS DAMAGED" for each (-q: not),
 * then "ready PORT"; -t ends it. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/support/replay_farm.h"

#define WORDS_MAX 32

struct settings {
    const char *address, *first, *list, *words[WORDS_MAX];
    unsigned word_count, port;
    double life_s;
    bool quiet;
};

static bool read_settings(int argc, char **argv, struct settings *s)
{
    int option;
    while ((option = getopt(argc, argv, "a:p:m:l:o:t:q")) != -1) {
        switch (option) {
        case 'a':
            s->address = optarg;
            break;
        case 'p':
            s->port = (unsigned)strtoul(optarg, NULL, 10);
            break;
        case 'm':
            s->first = optarg;
            break;
        case 'l':
            s->list = optarg;
            break;
        case 't':
            s->life_s = strtod(optarg, NULL);
            break;
        case 'q':
            s->quiet = true;
            break;
        case 'o':
            if (s->word_count < WORDS_MAX)
                s->words[s->word_count++] = optarg;
            break;
        default:
            return false;
        }
    }
    return optind == argc - 1 && s->port <= UINT16_MAX && !(s->first && s->list);
}

static bool fill(struct replay_farm *f, const struct settings *s, char error[static FARM_ERROR_MAX])
{
    for (unsigned i = 0; i < s->word_count; i++)
        if (!replay_farm_word(f, s->words[i], error))
            return false;
    if (s->list)
        return replay_farm_by_list(f, s->list, error);
    return s->first ? replay_farm_by_address(f, s->first, error)
                    : replay_farm_by_community(f, error);
}

static void tell(const struct replay_farm *f)
{
    for (size_t i = 0; i < replay_farm_count(f); i++) {
        struct replay_farm_entry e = replay_farm_at(f, i);
        char address[INET_ADDRSTRLEN] = "-";
        if (e.address.s_addr)
            inet_ntop(AF_INET, &e.address, address, sizeof address);
        printf("%s %s %zu %zu\n", address, e.name, e.recording->count, e.recording->damaged);
    }
}

/* Many addresses are heard by one socket; those no agent has get no answer. */
static bool serve(struct replay_farm *f, const struct settings *s)
{
    bool many = s->first || s->list;
    struct agent_port *p =
        agent_port_open(many ? "0.0.0.0" : s->address, (uint16_t)s->port, replay_farm_answer, f);
    if (!p) {
        perror("replay_agent");
        return false;
    }
    if (!s->quiet)
        tell(f);
    printf("ready %u\n", agent_port_number(p));
    fflush(stdout);
    agent_port_serve(p, mono_after(clock_mono(), (int64_t)(s->life_s * 1e9)));
    agent_port_close(p);
    return true;
}

int main(int argc, char **argv)
{
    struct settings s = {.address = "127.0.0.1", .life_s = 3600};
    char error[FARM_ERROR_MAX];
    if (!read_settings(argc, argv, &s)) {
        fprintf(stderr,
                "usage: replay_agent [-a ADDRESS] [-p PORT] [-m FIRST | -l LIST] [-o WORD]... "
                "[-t SECONDS] [-q] FOLDER\n");
        return 2;
    }
    struct replay_farm *f = replay_farm_create(argv[optind]);
    if (!f)
        return 1;
    bool fine = fill(f, &s, error);
    if (!fine)
        fprintf(stderr, "replay_agent: %s\n", error);
    fine = fine && serve(f, &s);
    replay_farm_destroy(f);
    return fine ? 0 : 1;
}
