/* What the files of a device share: asking and taking. */
#ifndef HAYLOFT_COLLECTORS_SNMP_DEVICE_INTERNAL_H
#define HAYLOFT_COLLECTORS_SNMP_DEVICE_INTERNAL_H

#include "collectors/snmp/device.h"

unsigned device_rounds_between_tables(const struct device *d); /* 0: they are read in each */

/* device_ask.c: each puts requests into flight. False: it could not, which is our own fault. */
bool device_ask_identity(struct device *d);
bool device_ask_walk(struct device *d, bool *more); /* *more false: the walk is over */
bool device_ask_rows(struct device *d);             /* as many parts as the agent's window allows */
void device_ask_quick(struct device *d);            /* ends the quick round itself when it cannot */
void device_put_back(struct device *d, uint16_t first, uint16_t count); /* ports to ask again */


/* device_job.c: the questions of a round. */
unsigned device_jobs_running(const struct device *d); /* of the regular round */
struct job *device_free_job(struct device *d);        /* one that is not in flight; NULL: no memory */
void device_drop_jobs(struct device *d);              /* cancels what is in flight */
struct job *device_quick_job(struct device *d);       /* NULL: no memory */
void device_job_init(struct job *j, struct device *d);
bool device_send(struct device *d, struct job *j, bool written, const struct snmp_written *w);
/* With a job of its own, where nothing else is asked beside it. */
bool device_send_alone(struct device *d, enum job_kind kind, bool written, const struct snmp_written *w);

/* device_figures.c: what follows the rows. */
void device_figures_begin(struct device *d, bool tables); /* a round begins, or the tables were read anew */
bool device_figures_advance(struct device *d, bool *over); /* false: no memory; *over: nothing left to ask */
bool device_figures_take(struct device *d, struct job *j, const struct snmp_pdu *pdu, struct mono at);
void device_figures_stop(struct device *d);                /* the round ends, perhaps half way */
void device_figures_fini(struct device *d);

/* device_wiring.c: the round for tables, beside the others. */
void device_wiring_start(struct device *d, uint32_t round, enum round_kind kind, struct mono deadline);
void device_wiring_advance(struct device *d); /* nothing happens when none runs, or it must wait */
bool device_wiring_take(struct device *d, const struct snmp_pdu *pdu);
void device_wiring_resume(struct device *d);  /* what it waited for is over */
void device_wiring_lost(struct device *d, enum snmp_loss loss, enum outcome outcome, const char *reason,
                        const char *detail);
void device_wiring_refuse(struct device *d, uint32_t round, enum round_kind kind, const char *reason,
                          const char *detail);
void device_wiring_expire(struct device *d);
void device_wiring_cancel(struct device *d);
void device_wiring_fini(struct device *d);

/* device_secure.c: version 3. All but the first do nothing with other versions. */
bool device_secure_open(struct device *d, const struct snmp_options *o);
void device_secure_close(struct device *d);
void device_secure_begin(struct device *d);    /* a round is asked */
void device_secure_answered(struct device *d); /* ... and was answered */
/* Why a question was lost, if it was for who we are: the reason; text gets the sentence. NULL: another cause. */
const char *device_secure_loss(struct device *d, enum snmp_loss loss, char *text, size_t size);
/* Is it too early to ask again after a refusal? Then the reason, and the sentence in text; else NULL. */
const char *device_secure_hold(const struct device *d, enum round_kind kind, char *text, size_t size);
const char *device_secure_remark(const struct device *d, char *text, size_t size); /* NULL: nothing */

/* device_memory.c: what was learned of the agent, over restarts of ours. */
void device_recall(struct device *d);
void device_remember(struct device *d); /* writes when there is something new */

/* device.c */
void device_begin_round(struct device *d, struct device_round *r, uint32_t number, enum round_kind kind,
                        struct mono deadline);
void device_count_answer(struct device *d, enum job_kind kind);
/* device.c: an snmp_over_fn and an snmp_lost_fn for all kinds of jobs. */
void device_asked(struct snmp_request *r);
void device_lost(struct snmp_request *r, enum snmp_loss loss, int error);
/* device_take.c: an snmp_answer_fn for all kinds of jobs. */
bool device_answered(struct snmp_request *r, const struct snmp_pdu *pdu, struct mono at);

#endif
