/* A sign of life on the terminal for whatever takes longer than two seconds. */
#ifndef HAYLOFT_COMMAND_PROGRESS_H
#define HAYLOFT_COMMAND_PROGRESS_H

struct progress;

/* what: "asking router". NULL, which is fine, when stderr is no terminal. */
struct progress *progress_begin(const char *what);
void progress_end(struct progress *p); /* takes its line away */

#endif
