#include "poller/document/stations.h"

#include <math.h>
#include <string.h>

#include "poller/base/json.h"
#include "poller/document/leads.h"

/* What makes somebody a radio's partner, best first: any of these was told of him. */
static const char *const loudness[] = {"signal", "rssi", "rx-power", "snr"};
#define LOUDNESS (sizeof loudness / sizeof loudness[0])

static size_t loudness_of(const cJSON *reading)
{
    const char *meaning = json_text(reading, "meaning");
    size_t i = 0;
    while (meaning && i < LOUDNESS && strcmp(loudness[i], meaning) != 0)
        i++;
    return meaning ? i : LOUDNESS;
}

static bool is_of(const cJSON *o, const char *mac)
{
    const char *known = json_text(o, "mac");
    return known && strcmp(known, mac) == 0;
}

/* His best reading of how well he is heard; NULL: he is nobody's partner. */
static const cJSON *heard(const cJSON *readings, const char *mac)
{
    const cJSON *r, *best = NULL;
    cJSON_ArrayForEach(r, readings)
        if (is_of(r, mac) && loudness_of(r) < (best ? loudness_of(best) : LOUDNESS))
            best = r;
    return best;
}

static bool is_known(const cJSON *stations, const char *mac)
{
    const cJSON *s;
    cJSON_ArrayForEach(s, stations)
        if (is_of(s, mac))
            return true;
    return false;
}

static void put_value(cJSON *values, const cJSON *reading)
{
    static const char *const texts[] = {"meaning", "label", "unit", "state", "level"};
    cJSON *o = json_add_object(values);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        json_put_text(o, texts[i], json_text(reading, texts[i]));
    json_put_number(o, "value", json_number(reading, "value", NAN));
}

static void put_station(cJSON *stations, const cJSON *readings, const char *mac, const cJSON *best,
                        const struct ew_tables *t)
{
    struct mac address;
    const char *node = t && mac_parse(mac, &address) ? leads_owner(t, &address) : NULL;
    cJSON *o = json_add_object(stations);
    const cJSON *r;
    json_put_text(o, "mac", mac);
    if (node)
        json_put_text(o, "node", node);
    json_put_text(o, "at", json_text(best, "at"));
    json_put_number(o, "signal", json_number(best, "value", NAN));
    json_put_text(o, "unit", json_text(best, "unit"));
    cJSON *values = json_put_array(o, "values");
    cJSON_ArrayForEach(r, readings)
        if (is_of(r, mac))
            put_value(values, r);
}

void stations_put(cJSON *document, const cJSON *readings, const struct ew_tables *t)
{
    cJSON *stations = json_put_array(document, "stations");
    const cJSON *r;
    cJSON_ArrayForEach(r, readings) {
        const char *mac = json_text(r, "mac");
        const cJSON *best = mac && !is_known(stations, mac) ? heard(readings, mac) : NULL;
        if (best)
            put_station(stations, readings, mac, best, t);
    }
}
