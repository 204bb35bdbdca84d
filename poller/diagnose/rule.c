#include "poller/diagnose/rule.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

extern const struct rule watcher_isolated_rule, own_fault_rule, site_cut_off_rule, radio_silent_rule,
    port_down_rule, internet_down_rule, dns_down_rule, service_down_rule, certificate_rule,
    snmp_silent_rule, ip_conflict_rule, reading_rule, guest_rule, vlan_rule, node_down_rule;

/* The one list of rules. */
const struct rule *const rules[] = {
    &watcher_isolated_rule, &own_fault_rule,    &site_cut_off_rule, &radio_silent_rule,
    &port_down_rule,        &internet_down_rule, &dns_down_rule,     &snmp_silent_rule,
    &ip_conflict_rule,      &certificate_rule,  &service_down_rule, &reading_rule,
    &vlan_rule,         &guest_rule,        &node_down_rule, NULL};

void finding_argument(struct finding *f, const char *name, const char *value)
{
    if (f->argument_count == FINDING_ARGUMENTS_MAX)
        return;
    struct finding_argument *a = &f->arguments[f->argument_count++];
    snprintf(a->name, sizeof a->name, "%s", name);
    snprintf(a->value, sizeof a->value, "%s", value ? value : "");
}

void finding_evidence(struct finding *f, struct mono at, const char *source, const char *format, ...)
{
    if (f->evidence_count == FINDING_EVIDENCE_MAX)
        return;
    struct finding_evidence *e = &f->evidence[f->evidence_count++];
    va_list args;
    va_start(args, format);
    vsnprintf(e->fact, sizeof e->fact, format, args);
    va_end(args);
    snprintf(e->source, sizeof e->source, "%s", source);
    e->at = at;
}
