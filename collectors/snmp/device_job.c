/* The questions of a round. A device has none between its rounds, since thousands of devices are kept in memory, and
 * what one gives back is used by the next. */
#include <stdlib.h>

#include "collectors/snmp/device_internal.h"

void device_job_init(struct job *j, struct device *d)
{
    *j = (struct job){.device = d};
    j->request = (struct snmp_request){
        .agent = &d->agent, .answered = device_answered, .over = device_asked, .lost = device_lost, .ctx = j};
}

static struct job *make_job(struct device *d)
{
    struct job *j = d->means->spare_jobs;
    if (j) {
        d->means->spare_jobs = j->next;
        __builtin_prefetch(j->next, 1); /* the next one is asked for in a moment */
    } else if (!(j = malloc(sizeof *j))) {
        return NULL;
    }
    device_job_init(j, d);
    return j;
}

struct job *device_free_job(struct device *d)
{
    for (struct job *j = d->jobs; j; j = j->next)
        if (!j->request.id)
            return j;
    struct job *j = make_job(d);
    if (!j)
        return NULL;
    j->next = d->jobs;
    d->jobs = j;
    return j;
}

struct job *device_quick_job(struct device *d)
{
    if (!d->quick_job)
        d->quick_job = make_job(d);
    return d->quick_job;
}

unsigned device_jobs_running(const struct device *d)
{
    return d->agent.in_flight - (d->quick_job && d->quick_job->request.id) -
           (d->wiring && d->wiring->job.request.id);
}

void device_drop_jobs(struct device *d)
{
    for (struct job *j = d->jobs, *next; j; j = next) {
        next = j->next;
        snmp_client_cancel(d->client, &j->request);
        j->next = d->means->spare_jobs;
        d->means->spare_jobs = j;
    }
    d->jobs = NULL;
}

bool device_send(struct device *d, struct job *j, bool written, const struct snmp_written *w)
{
    j->request.write = NULL;
    j->request.near_bytes = 0;
    return written && snmp_client_ask(d->client, &j->request, w);
}

bool device_send_alone(struct device *d, enum job_kind kind, bool written, const struct snmp_written *w)
{
    struct job *j = device_free_job(d);
    if (!j)
        return false;
    j->kind = kind;
    return device_send(d, j, written, w);
}
