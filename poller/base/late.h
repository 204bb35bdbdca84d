/* Libraries that are loaded when they are first needed, since in most processes they never are. What a program is
 * linked with is mapped, bound and relocated at each of its starts. */
#ifndef HAYLOFT_BASE_LATE_H
#define HAYLOFT_BASE_LATE_H

#include <stdbool.h>

struct late_symbol {
    const char *name;
    void *at; /* the pointer that will hold its address */
};

/* A symbol that is kept in a pointer of its own name. */
#define LATE(where, symbol) {#symbol, &(where).symbol}

/* Loads it, for as long as we live, and finds all of the list, which ends with {NULL, NULL}. False: it is not here, or
 * is another than we were made for; the log says so. Reads from disk: a thing for a thread. */
bool late_load(const char *soname, const struct late_symbol *symbols);

#endif
