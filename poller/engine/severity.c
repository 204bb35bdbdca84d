#include "poller/engine/severity.h"

#include <string.h>

static enum severity standard(enum cause_kind kind)
{
    switch (kind) {
    case CAUSE_SITE_CUT_OFF: case CAUSE_INTERNET_DOWN: case CAUSE_ROGUE_DHCP:
    case CAUSE_UPS_ON_BATTERY: case CAUSE_BATTERY_LOW:
        return SEVERITY_WAKE;
    case CAUSE_SNMP_SILENT: case CAUSE_NODE_REBOOTED: case CAUSE_CERTIFICATE_EXPIRING:
    case CAUSE_NEW_DEVICE:
        return SEVERITY_REPORT;
    default:
        return SEVERITY_DAY;
    }
}

enum severity severity_of(const struct config *c, enum cause_kind kind)
{
    for (size_t i = 0; i < c->notify.severities_count; i++) {
        const struct config_header *s = &c->notify.severities[i];
        int word = field_word_index(severity_words, s->value);
        if (strcmp(s->name, cause_kind_words[kind]) == 0 && word >= 0)
            return (enum severity)word;
    }
    return standard(kind);
}
