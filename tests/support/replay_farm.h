/* Recorded agents by the dozen: each with an address of its own, or told apart by the community
 * that is asked with, and each with manners that are set by words:
 *
 *   community=TEXT   besides its own name; of agents with an address. None: any community is
 * answered grow             counters and clocks run (see replay_agent.h) rate=OID:NUMBER  ... what
 * is below OID by so much a second reboot=SECONDS   after the start everything that counts begins
 * at zero fault=WORD first=N count=N column=OID largest=BYTES      see agent_answer.h loss=PERCENT
 * delay=MS late=MS late-every=N twice one-at-a-time   see agent_port.h */
#ifndef HAYLOFT_TESTS_REPLAY_FARM_H
#define HAYLOFT_TESTS_REPLAY_FARM_H

#include "tests/support/agent_port.h"
#include "tests/support/replay_agent.h"

#define FARM_ERROR_MAX 256

struct replay_farm;

/* Recordings are FOLDER/NAME.snmprec; words are for all that are added later. */
struct replay_farm *replay_farm_create(const char *folder);
void replay_farm_destroy(struct replay_farm *f);
bool replay_farm_word(struct replay_farm *f, const char *word, char error[static FARM_ERROR_MAX]);

/* Each of these says in error what went wrong and where. */
/* All of the folder, told apart by community, at any address. */
bool replay_farm_by_community(struct replay_farm *f, char error[static FARM_ERROR_MAX]);
/* All of the folder in the order of their names, at addresses from the first one on. */
bool replay_farm_by_address(struct replay_farm *f, const char *first,
                            char error[static FARM_ERROR_MAX]);
/* Those of a list, lines of ADDRESS NAME [WORD...]; # begins a comment. */
bool replay_farm_by_list(struct replay_farm *f, const char *path,
                         char error[static FARM_ERROR_MAX]);

size_t replay_farm_count(const struct replay_farm *f);
struct replay_farm_entry {
    const char *name;
    struct in_addr address; /* 0.0.0.0: none */
    const struct snmprec *recording;
};
struct replay_farm_entry replay_farm_at(const struct replay_farm *f, size_t i);

/* An agent_port_fn; ctx is the farm. What grows began at the first request to its agent. */
size_t replay_farm_answer(void *ctx, struct in_addr asked, struct mono now, const uint8_t *request,
                          size_t len, uint8_t *out, struct agent_line **line);

#endif
