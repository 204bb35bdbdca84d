/* The frame of every page and the small parts pages share: signs, times, words. A sign is a shape, a
 * colour and always a word beside it. */
#ifndef HAYLOFT_WEB_PAGE_H
#define HAYLOFT_WEB_PAGE_H

#include "poller/base/clock.h"
#include "poller/model/words.h"
#include "web/exchange.h"

enum page_place { PLACE_NOW, PLACE_INCIDENTS, PLACE_REPORT, PLACE_SEEN, PLACE_HEALTH, PLACE_NONE };

void page_begin(struct exchange *x, const char *title, enum page_place here);
void page_end(struct exchange *x);

void page_error(struct exchange *x, int status, const char *sentence);
void page_login(struct exchange *x, const char *sentence, const char *to); /* sentence NULL: none */

enum sign { SIGN_OK, SIGN_WARN, SIGN_BAD, SIGN_UNKNOWN, SIGN_BEHIND, SIGN_PAUSED };
enum sign sign_of_state(enum node_state state);
enum sign sign_of_verdict(enum verdict verdict);
const char *sign_class(enum sign sign);
void page_sign(struct buf *out, enum sign sign);

const char *page_state_word(enum node_state state);

/* A <time> for people: "09:38" today, else "23 Nov 09:38"; nothing for ns 0. */
void page_time(struct buf *out, struct wall t);
/* As page_time, of an RFC 3339 text; nothing for NULL. */
void page_time_text(struct buf *out, const char *rfc3339);
/* "12 min" from then to now. */
void page_span_since(struct buf *out, struct wall then);
/* The hidden field that lets a form of ours change things. */
void page_token(struct exchange *x);

#endif
