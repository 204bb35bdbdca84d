/* Which file librrd is working on, in a mapped page that outlives the process. A damaged file that passes
 * the look at its head may still crash librrd; the page lets the next start know where, and after three
 * crashes in the same file that file is set aside, so that all others are written again. */
#ifndef HAYLOFT_STORE_AT_WORK_H
#define HAYLOFT_STORE_AT_WORK_H

#include <stdbool.h>

#define AT_WORK_STRIKES 3 /* a kill from outside may hit any file once or twice */

struct at_work;

/* NULL when there is no page to be had; then nobody watches, and the calls below do nothing. */
struct at_work *at_work_open(const char *path);
void at_work_close(struct at_work *w);

/* The file that has ended this process AT_WORK_STRIKES times; NULL: none. Asked once, after opening. */
const char *at_work_culprit(struct at_work *w);

void at_work_begin(struct at_work *w, const char *file);
void at_work_end(struct at_work *w);

#endif
