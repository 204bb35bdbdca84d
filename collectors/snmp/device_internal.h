/* What the files of a device share: asking and taking. */
#ifndef HAYLOFT_COLLECTORS_SNMP_DEVICE_INTERNAL_H
#define HAYLOFT_COLLECTORS_SNMP_DEVICE_INTERNAL_H

#include "collectors/snmp/device.h"

/* device_ask.c: each puts requests into flight. False: it could not, which is our own fault. */
bool device_ask_identity(struct device *d);
bool device_ask_walk(struct device *d, bool *more); /* *more false: the walk is over */
bool device_ask_rows(struct device *d);             /* as many parts as the agent's window allows */
void device_ask_quick(struct device *d);            /* ends the quick round itself when it cannot */
unsigned device_jobs_running(const struct device *d); /* of the regular round */
void device_put_back(struct device *d, uint16_t first, uint16_t count); /* ports to ask again */

/* device_take.c: an snmp_answer_fn for all kinds of jobs. */
bool device_answered(struct snmp_request *r, const struct snmp_pdu *pdu, struct mono at);

#endif
