/* What the files that compare one part of a configuration with another have in common. */
#ifndef HAYLOFT_CONFIG_RELATIONS_INTERNAL_H
#define HAYLOFT_CONFIG_RELATIONS_INTERNAL_H

#include "poller/config/relations.h"

struct index_entry;

struct relations {
    struct binder *binder;
    struct config *config;
    const struct yaml *root;
    struct index_entry *index; /* nodes by name, sorted */
};

struct config_node *relations_node(const struct relations *r, const char *name); /* NULL: none */
/* Where entry says key, else where the entry begins. */
struct place relations_place(const struct yaml *entry, const char *key);
/* The first entry of a map at the top; they stand in the order of the bound list. */
const struct yaml *relations_entries(const struct relations *r, const char *key);
void relations_no_node(struct relations *r, struct place at, const char *what, const char *name);

/* parents.c: they exist and go in no circle; a bridge gives its far end one. */
void parents_check(struct relations *r);

/* networks.c: what each says of itself, and that its name is no other's. */
void networks_check(struct relations *r);

/* vantages.c: who reports to whom can, and proves itself. */
void vantages_check(struct relations *r);

#endif
