/* Incidents that are open, or were and may come back: one per cause, revised as more is known. */
#ifndef HAYLOFT_ENGINE_INCIDENTS_H
#define HAYLOFT_ENGINE_INCIDENTS_H

#include "poller/engine/damping.h"
#include "poller/engine/engine_internal.h"

#define AFFECTED_MAX 400   /* names stored with one incident; more are counted in its arguments */
#define TIMELINE_MAX 40    /* entries; of a longer story the first and the newest stay */
#define SAME_CAUSE_S 60    /* silences that began so close together may be one cause */

struct incident_record {
    struct incident in;            /* its texts live in memory */
    struct arena *memory;
    char key[160];                 /* what it is about, stable over restarts: "silence:bridge-barn" */
    enum suspect_kind kind;
    struct node *root;             /* SILENCE: what fell silent first on the path; of a CHECK: its node */
    struct check *check;
    struct mono began;             /* of the silence or failure it is about */
    struct mono opened_at;         /* the first time; in.opened is its stamp */
    bool open;                     /* committed as open */
    bool ending;                   /* nothing of it fails any more; resolved when it stays so */
    int strength;                  /* of the finding its cause comes from */
    size_t peak;                   /* most nodes it held at once */
    struct mono part_back;         /* since some of it answers again and the rest does not; ns 0: no */
    char *behind;                  /* what its nodes hang behind; NULL: its root itself is down */
    bool restored;                 /* from before our start */
    bool orphan;                   /* restored, and what it is about is no longer watched */
    bool told;                     /* the newest message queued says it is open */
    enum cause_kind told_kind;
    uint32_t messages;             /* queued so far: part of the keys */
    struct mono queued_at[3];      /* when the latest ones were, newest first */
    uint32_t reminders;
    struct damping damping;
    struct alarm message, resolve, remind;
};

const struct incident *incident_of(const struct incident_record *r);

struct incident_record *incident_find(struct engine *e, const char *key); /* open or coming back */
/* Opens a new one, or opens a resolved one of the same key again. */
struct incident_record *incident_open(struct engine *e, const struct suspect *x, const char *key);
/* Looks at it again with the rules; commits only what differs. */
void incident_revise(struct engine *e, struct incident_record *r, const struct suspect *x);
void incident_attach(struct engine *e, struct incident_record *r, struct node *n);
bool incident_affects(const struct incident_record *r, const char *node);
/* Nothing of it fails any more: resolves now, or when damping says so. */
void incident_ends(struct engine *e, struct incident_record *r);
void incident_fails_again(struct engine *e, struct incident_record *r);
/* Turned out to be part of another one, before anybody was told. */
void incident_merge(struct engine *e, struct incident_record *r, const struct incident_record *into);
void incident_note(struct engine *e, struct incident_record *r, const char *text); /* timeline */
void incident_tell(struct incident_record *r); /* a message says how it is now */
void incident_acknowledge(struct engine *e, struct incident_record *r, const char *by);
/* As it was before a restart; kind, root and check of an open one are the caller's to find. */
struct incident_record *incident_restore(struct engine *e, const struct incident *in);
void incident_drop(struct engine *e, struct incident_record *r); /* what it is about is not watched now */

void incidents_forget_node(struct engine *e, struct node *n);
void incidents_forget_check(struct engine *e, struct check *c);
void incidents_destroy(struct engine *e);

#endif
