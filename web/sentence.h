/* A cause's sentence in two: what broke, for a heading, and what it means. */
#ifndef HAYLOFT_WEB_SENTENCE_H
#define HAYLOFT_WEB_SENTENCE_H

#define SENTENCE_HEAD_MAX 160

/* Copies what stands before the first ". " or ": " and returns what comes after, "" when there is none. A
 * sentence without such a place within the bound gives an empty head and comes back whole. */
const char *sentence_cut(const char *sentence, char head[static SENTENCE_HEAD_MAX]);

#endif
