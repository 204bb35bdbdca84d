/* The last n yes-or-no outcomes of something, newest first: "k of n" is asked of it. */
#ifndef HAYLOFT_MODEL_WINDOW_H
#define HAYLOFT_MODEL_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

#define WINDOW_MAX 32 /* outcomes remembered */

struct window {
    uint32_t bits; /* bit 0 is the newest */
    uint8_t count; /* how many were put, at most WINDOW_MAX */
};

void window_put(struct window *w, bool outcome);
void window_clear(struct window *w);
unsigned window_yes(const struct window *w, unsigned newest);     /* how many of the newest were yes */
bool window_all(const struct window *w, unsigned newest);         /* that many were put, all yes */
bool window_none(const struct window *w, unsigned newest);        /* that many were put, all no */

#endif
