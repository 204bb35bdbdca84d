/* A NUT server asked for all variables of a UPS (RFC 9271: LIST VAR). It blocks, so it runs in a
 * thread of its own; whoever loses patience ends it by nut_give_up. */
#ifndef HAYLOFT_COURIER_UPS_NUT_H
#define HAYLOFT_COURIER_UPS_NUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NUT_VARIABLES_MAX 256
#define NUT_TEXT_MAX      128   /* of a name or a value; longer ones are left out */
#define NUT_BYTES_MAX     32768 /* of all */
#define NUT_DETAIL_MAX    160

struct nut_talk; /* one question under way */

struct nut_listing {
    const char *error;           /* NULL: the variables came; else a stable word */
    char detail[NUT_DETAIL_MAX]; /* a sentence, or "" */
    char *names[NUT_VARIABLES_MAX], *values[NUT_VARIABLES_MAX]; /* malloc'd */
    size_t count;
};

bool nut_is_built(void); /* false: nut_list only says so */

struct nut_talk *nut_talk_create(void);    /* NULL: no memory */
void nut_talk_destroy(struct nut_talk *t); /* NULL is fine; not while nut_list runs */
/* In any thread. connect_ms: how long a connection may take. Fills out, which is zeroed first. */
void nut_list(struct nut_talk *t, const char *host, uint16_t port, const char *ups,
              int64_t connect_ms, struct nut_listing *out);
/* From another thread: a nut_list under way ends soon, with "timeout". */
void nut_give_up(struct nut_talk *t);
void nut_listing_fini(struct nut_listing *l);

#endif
