/* What the reading of profiles shares with their checking. */
#ifndef HAYLOFT_CONFIG_PROFILES_INTERNAL_H
#define HAYLOFT_CONFIG_PROFILES_INTERNAL_H

#include "poller/config/bind.h"
#include "poller/model/http_profile.h"
#include "poller/model/profile.h"

/* A profile and the tree it was read from. */
struct profile_file {
    const char *name, *path;
    bool users;
    const struct yaml *root; /* NULL: no good YAML */
};

/* One profile from its text (s NULL: it was not to be had); its tree, NULL when that is no good. profiles.c */
const struct yaml *profile_read(struct binder *b, const struct profile_set *set, const struct source *s,
                                struct profile *p);

/* What a profile says for all its readings; only while it is read. */
struct profile_shared {
    char *source; /* snmp: the other kind is struct http_profile */
    char *root;
    struct profile_column *with;
    size_t with_count;
    bool *used; /* by a reading */
};
extern const struct record profile_shared_record;

/* Its struct from its tree; sound: no key stands there twice. profiles_shared.c */
void profile_bind(struct binder *b, const struct yaml *root, bool sound, struct profile *p);

/* The same of `source: http`. */
const struct yaml *http_profile_read(struct binder *b, const struct profile_set *set, const struct source *s,
                                     struct http_profile *p);

/* What one profile, or one meaning, says by itself; meanings of set are known. */
void profile_check(struct complaints *c, const struct profile_set *set, const struct yaml *root,
                   const struct profile *p);
void meanings_check(struct complaints *c, const struct yaml *root, const struct profile_set *set);
/* What several say together: equal claims, `without` of none. files[i] is profiles[i]. */
void profiles_check_together(struct complaints *c, const struct profile_set *set,
                             const struct profile_file *files);

/* One reading of a profile: profiles_reading.c */
void profile_reading_check(struct complaints *c, const struct profile_set *set, const struct yaml *y,
                           const struct profile_reading *r);

/* Beside its OIDs and rows: meaning, expressions, labels, states, limits, the names of its columns. words: what
 * a label may name beside them; groups: and how many {1}...; of each column only the name is looked at. */
void profile_reading_check_rest(struct complaints *c, const struct profile_set *set, const struct yaml *y,
                                const struct profile_reading *r, const char *const *words, size_t groups);

/* Those of `source: http`: profiles_http.c */
bool http_profile_is(const struct yaml *root); /* it says so */
void http_profile_check(struct complaints *c, const struct profile_set *set, const struct yaml *root,
                        const struct http_profile *p);

/* Pieces of these: profiles_pieces.c */
/* The i-th of a list, or of a map's values; of a single value itself. */
const struct yaml *piece_at(const struct yaml *list, size_t i);
/* Where a member stands: the value of its key, or y itself when it is a bare value or does not say. */
const struct yaml *piece_of(const struct yaml *y, const char *key);
void piece_check_oid(struct complaints *c, const struct yaml *y, const char *oid);
/* How many groups it has; 0 when it does not compile, after a complaint. text may be NULL. */
size_t piece_check_pattern(struct complaints *c, const struct yaml *y, const char *text);
void piece_check_column(struct complaints *c, const struct yaml *y, const struct profile_column *column);
/* Its name alone, which may be none of words either. */
void piece_check_name(struct complaints *c, const struct yaml *y, const char *const *words);
/* What a label or an object may name beside the columns: index port mac. */
extern const char *const piece_label_words[];
void piece_check_limits(struct complaints *c, const struct yaml *y, const struct reading_limits *l);

#endif
