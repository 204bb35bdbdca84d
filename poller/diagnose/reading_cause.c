#include "poller/diagnose/reading_cause.h"

#include <stddef.h>
#include <string.h>

struct entry {
    const char *meaning; /* NULL: any of the class */
    const char *class_;
    enum cause_kind cause;
};

static const struct entry entries[] = {
    {"signal", NULL, CAUSE_RADIO_FADING},
    {"signal-remote", NULL, CAUSE_RADIO_FADING},
    {"rx-power", NULL, CAUSE_RADIO_FADING},
    {"snr", NULL, CAUSE_RADIO_FADING},
    {"snr-remote", NULL, CAUSE_RADIO_FADING},
    {"noise", NULL, CAUSE_RADIO_INTERFERENCE},
    {"error-ratio", NULL, CAUSE_LOSSY_LINK},
    {"tx-error-ratio", NULL, CAUSE_LOSSY_LINK},
    {"rx-error-ratio", NULL, CAUSE_LOSSY_LINK},
    {"temperature-state", NULL, CAUSE_TEMPERATURE},
    {"battery-charge", NULL, CAUSE_BATTERY_LOW},
    {"battery-runtime", NULL, CAUSE_BATTERY_LOW},
    {"battery-state", NULL, CAUSE_BATTERY_LOW},
    {"output-source", NULL, CAUSE_UPS_ON_BATTERY},
    {"storage-used", NULL, CAUSE_DISK_FULL},
    {NULL, "temperature", CAUSE_TEMPERATURE},
};

enum cause_kind reading_cause(const char *meaning, const char *class_)
{
    for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++) {
        const struct entry *e = &entries[i];
        if (e->meaning ? strcmp(e->meaning, meaning) == 0 : strcmp(e->class_, class_) == 0)
            return e->cause;
    }
    return CAUSE_NONE;
}

bool reading_is_on_battery(const char *label, const char *state)
{
    return strcasestr(state, "battery") || (strcasestr(label, "on battery") && strcmp(state, "yes") == 0);
}
