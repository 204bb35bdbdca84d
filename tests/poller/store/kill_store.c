/* kill_store [ROUNDS [SEED]] (or HAYLOFT_KILLS=ROUNDS): kills a store with SIGKILL at random moments and compares.
 *
 * Each round forks a store from this warm process, plays its engine and its courier (play.h), and kills it
 * after 0 to 60 ms. What was acknowledged, and what the courier took, is compared at the end with the
 * database and the journal:
 *   - every acknowledged commit is there, once, and its message was taken at least once;
 *   - no message is taken twice by one store's life, none overtakes one of its incident and receiver;
 *   - every acknowledged sample is in the journal, and none waited for its acknowledgement over 1 s;
 *   - every start answers within 5 s. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/poller/store/play.h"
#include "tests/support/folder.h"

#define ROUNDS 500
#define LIFE_MOST_NS MILLISECONDS(60)
#define SAMPLE_MOST_NS SECONDS(1)

static void one_round(struct play *p)
{
    int64_t life_ns = rand() % LIFE_MOST_NS;
    struct mono begin = clock_mono();
    play_maybe_reboot(p);
    play_start(p);
    if (rand() % 8) { /* else killed while starting */
        play_wait_restored(p);
        begin = clock_mono();
    }
    if (p->restored)
        play_until(p, mono_after(begin, life_ns));
    else
        play_listen(p, life_ns / 4);
    play_kill(p);
}

static void compare(struct play *p, uint32_t rounds)
{
    uint32_t lost = 0, acknowledged = 0;
    play_look_into_database(p);
    play_look_into_journal(p);
    for (uint32_t i = 0; i < p->count; i++) {
        const struct play_record *m = &p->records[i];
        if (!m->acknowledged || m->what == PLAY_KEEP)
            continue;
        acknowledged++;
        lost += !m->seen;
    }
    if (lost)
        play_die(p, "%u of %u acknowledged records are missing", lost, acknowledged);
    if (p->slowest_sample_ns > SAMPLE_MOST_NS)
        play_die(p, "a sample waited %" PRId64 " ms for its acknowledgement", p->slowest_sample_ns / NS_PER_MS);
    printf("%u kills: %u acknowledged records, none missing; %u messages taken, %u of them again; slowest"
           " start %" PRId64 " ms, slowest sample %" PRId64 " ms (seed %u)\n",
           rounds, acknowledged, p->messages_taken, p->messages_again, p->slowest_start_ns / NS_PER_MS,
           p->slowest_sample_ns / NS_PER_MS, p->seed);
}

int main(int argc, char **argv)
{
    struct play p;
    const char *rounds_text = argc > 1 ? argv[1] : getenv("HAYLOFT_KILLS");
    uint32_t rounds = rounds_text ? (uint32_t)strtoul(rounds_text, NULL, 10) : ROUNDS;
    play_init(&p, "kill_store", argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : (unsigned)clock_wall().ns);
    snprintf(p.folder, sizeof p.folder, "/tmp/hayloft-kill-XXXXXX");
    folder_make(p.folder);
    play_pin_journal(&p);
    for (p.round = 0; p.round < rounds; p.round++)
        one_round(&p);
    play_settle(&p);
    compare(&p, rounds);
    folder_remove(p.folder);
    play_fini(&p);
    return 0;
}
