#include "web/wiring.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "graphs/axis.h"
#include "poller/base/json.h"
#include "poller/document/port_ranges.h"
#include "poller/model/reading.h"
#include "poller/model/wiring.h"
#include "web/html.h"
#include "web/leads.h"
#include "web/page.h"

#define OLD_S 1800              /* three readings were missed */
#define AS_OLD_S 60             /* nearer than that lists are of one reading */
#define NAMES_MAX 4096
#define NUMBER_MAX 24

/* What is being written: the document, the page, and whether its time was told already. */
struct sheet {
    struct exchange *x;
    struct buf *out;
    const cJSON *node;
    bool begun;
};

static bool is_old(struct wall at)
{
    return clock_wall().ns - at.ns > SECONDS(OLD_S);
}

static void put_button(struct sheet *s)
{
    html(s->out, "<form method=\"post\" action=\"/node/{u}/probe\">", json_text(s->node, "name"));
    page_token(s->x);
    html(s->out, "<button class=\"quiet\">Read anew</button></form>");
}

static struct wall time_of(const cJSON *o, const char *name)
{
    struct wall at;
    const char *text = json_text(o, name);
    return text && wall_parse(text, &at) ? at : (struct wall){0};
}

/* The first section says when all was read; another one only when it is older than that. */
static void put_age(struct sheet *s, const char *list, const char *other)
{
    const cJSON *tables = json_member(s->node, "tables");
    const cJSON *told = json_member(tables, list), *beside = json_member(tables, other);
    struct wall at = time_of(told, "at"), newest = time_of(s->node, "tables_at"), too = time_of(beside, "at");
    bool cut = cJSON_IsTrue(json_member(told, "cut")) || cJSON_IsTrue(json_member(beside, "cut"));
    at = too.ns && too.ns < at.ns ? too : at;
    bool old = is_old(at);
    if (s->begun && newest.ns - at.ns < SECONDS(AS_OLD_S) && !cut)
        return;
    html(s->out, "<div class=\"asof\"><p class=\"fine\">");
    html(s->out, old ? "<b class=\"word warn\">Old:</b> last read at " : "As of ");
    page_time(s->out, at);
    html(s->out, ", ");
    page_span_since(s->out, at);
    html(s->out, cut ? " ago; the device has more than is kept here</p>" : " ago</p>");
    if (!s->begun)
        put_button(s);
    html(s->out, "</div>");
}

/* other: what stands in the same section; NULL: nothing. */
static void begin(struct sheet *s, const char *list, const char *other, const char *title)
{
    html(s->out, "<section aria-labelledby=\"{}\"><h2 id=\"{}\">{}</h2>", list, list, title);
    put_age(s, list, other);
    s->begun = true;
}

static void put_leads(struct sheet *s)
{
    struct buf rows = {0};
    leads_put_rows(&rows, s->node);
    if (rows.len) {
        bool told = cJSON_GetArraySize(json_member(s->node, "neighbours")) > 0;
        begin(s, told ? "neighbours" : "fdb", told ? "fdb" : "neighbours", "Where its ports lead");
        html(s->out, "<dl class=\"parts ruled box\">");
        buf_put(s->out, rows.data, rows.len);
        html(s->out, "</dl></section>");
    }
    buf_fini(&rows);
}

/* --- VLANs --- */

/* Those of list that do not stand in but. */
static void put_port_names(struct buf *out, const cJSON *list, const cJSON *but)
{
    const char **names = calloc(NAMES_MAX, sizeof *names);
    struct buf text = {0};
    size_t count = 0;
    const cJSON *port, *other;
    cJSON_ArrayForEach(port, list) {
        bool wanted = names && cJSON_IsString(port) && count < NAMES_MAX;
        cJSON_ArrayForEach(other, but)
            wanted = wanted && !(cJSON_IsString(other) && strcmp(other->valuestring, port->valuestring) == 0);
        if (wanted)
            names[count++] = port->valuestring;
    }
    if (names)
        port_ranges_put(&text, names, count);
    html_text(out, buf_string(&text));
    buf_fini(&text);
    free(names);
}

static void put_membership(struct buf *out, const char *how, const cJSON *list, const cJSON *but)
{
    struct buf names = {0};
    put_port_names(&names, list, but);
    if (names.len) {
        html(out, "<p><span class=\"fine\">{}</span> ", how);
        buf_put(out, names.data, names.len);
        html(out, "</p>");
    }
    buf_fini(&names);
}

static void put_vlan(struct buf *out, const cJSON *vlan)
{
    const cJSON *members = json_member(vlan, "members"), *untagged = json_member(vlan, "untagged");
    char vid[NUMBER_MAX];
    snprintf(vid, sizeof vid, "%.0f", json_number(vlan, "vid", 0));
    html(out, "<dt><b>{}</b> {}</dt><dd>", vid, json_text(vlan, "name"));
    put_membership(out, "untagged", untagged, NULL);
    put_membership(out, "tagged", members, untagged);
    if (!members)
        html(out, "<p class=\"fine\">it does not say which ports</p>");
    else if (cJSON_GetArraySize(members) == 0)
        html(out, "<p class=\"fine\">no port</p>");
    html(out, "</dd>");
}

static void put_vlans(struct sheet *s)
{
    const cJSON *list = json_member(s->node, "vlans"), *vlan;
    if (cJSON_GetArraySize(list) == 0)
        return;
    begin(s, "vlans", NULL, "VLANs");
    html(s->out, "<dl class=\"parts ruled box\">");
    cJSON_ArrayForEach(vlan, list)
        put_vlan(s->out, vlan);
    html(s->out, "</dl></section>");
}

/* --- power over Ethernet --- */

static const char *poe_word(const cJSON *port)
{
    const char *word = json_text(port, "detection");
    return cJSON_IsFalse(json_member(port, "enabled")) ? "disabled" : word ? word : "";
}

/* The n-th port in that state; its number on the device where it has no name. */
static size_t list_poe_ports(const cJSON *list, const char *word, char (*out)[64])
{
    size_t count = 0;
    const cJSON *port;
    cJSON_ArrayForEach(port, list) {
        const char *name = json_text(port, "port_name");
        double class = json_number(port, "class", NAN);
        bool powered = strcmp(word, wiring_poe_words[WIRING_POE_DELIVERING]) == 0 && !isnan(class);
        char number[NUMBER_MAX];
        if (strcmp(poe_word(port), word) != 0 || count == NAMES_MAX)
            continue;
        snprintf(number, sizeof number, "%.0f", json_number(port, "number", 0));
        snprintf(out[count], sizeof out[count], powered ? "%.40s (class %.0f)" : "%.60s", name ? name : number, class);
        count++;
    }
    return count;
}

static void put_poe_state(struct buf *out, const cJSON *list, int state)
{
    const char *word = wiring_poe_words[state];
    bool faulty = state == WIRING_POE_FAULT || state == WIRING_POE_OTHER_FAULT;
    char (*texts)[64] = calloc(NAMES_MAX, sizeof *texts);
    const char **names = calloc(NAMES_MAX, sizeof *names);
    size_t count = texts && names ? list_poe_ports(list, word, texts) : 0;
    struct buf text = {0};
    for (size_t i = 0; i < count; i++)
        names[i] = texts[i];
    if (count) {
        port_ranges_put(&text, names, count);
        html(out, "<dt><span class=\"word {}\">{}</span></dt><dd>{}</dd>",
             faulty ? "bad" : state == WIRING_POE_DELIVERING ? "ok" : "", word, buf_string(&text));
    }
    buf_fini(&text);
    free(texts);
    free(names);
}

/* What wants looking at first. */
static void put_poe(struct sheet *s)
{
    static const enum wiring_poe order[] = {WIRING_POE_FAULT,     WIRING_POE_OTHER_FAULT, WIRING_POE_DELIVERING,
                                            WIRING_POE_SEARCHING, WIRING_POE_TEST,        WIRING_POE_UNKNOWN,
                                            WIRING_POE_DISABLED};
    const cJSON *list = json_member(s->node, "poe");
    if (cJSON_GetArraySize(list) == 0)
        return;
    begin(s, "poe", NULL, "Power over Ethernet");
    html(s->out, "<dl class=\"parts ruled box\">");
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
        put_poe_state(s->out, list, (int)order[i]);
    html(s->out, "</dl></section>");
}

/* --- wireless stations --- */

/* "tx-rate" is "tx rate"; two of the same are told apart by their labels. */
static const char *words_of(const cJSON *values, const cJSON *v, char out[static READING_WORDS_MAX])
{
    char source[READING_WORDS_MAX];
    const char *meaning = json_text(v, "meaning"), *other;
    const cJSON *o;
    cJSON_ArrayForEach(o, values) {
        other = json_text(o, "meaning");
        if (o != v && other && meaning && strcmp(other, meaning) == 0)
            return json_text(v, "label");
    }
    snprintf(source, sizeof source, "%s", meaning ? meaning : "");
    for (char *c = source; *c; c++)
        if (*c == '-')
            *c = '_';
    return reading_words(source, out);
}

static void put_value(struct buf *out, const cJSON *values, const cJSON *v)
{
    char text[AXIS_TEXT_MAX], words[READING_WORDS_MAX];
    const char *state = json_text(v, "state"), *unit = json_text(v, "unit"), *level = json_text(v, "level");
    double value = json_number(v, "value", NAN);
    enum axis_unit axis = axis_unit_of(unit ? unit : "");
    bool amiss = level && (strcmp(level, "warn") == 0 || strcmp(level, "bad") == 0);
    if (!state && isnan(value))
        return;
    html(out, "<li>{} <b class=\"{}\">{}", words_of(values, v, words), amiss ? level : "",
         state ? state : axis_value_text(value, axis, text));
    if (!state && axis == AXIS_NUMBER && unit && *unit)
        html(out, "\xc2\xa0{}", unit);
    html(out, "</b>");
    if (amiss)
        html(out, " <span class=\"word {}\">{}</span>", level, level);
    html(out, "</li>");
}

static void put_stations(struct buf *out, const cJSON *node)
{
    const cJSON *list = json_member(node, "stations"), *s, *v;
    if (cJSON_GetArraySize(list) == 0)
        return;
    html(out, "<section aria-labelledby=\"stations\"><h2 id=\"stations\">Wireless stations</h2>"
              "<dl class=\"parts ruled box\">");
    cJSON_ArrayForEach(s, list) {
        const char *known = json_text(s, "node"), *mac = json_text(s, "mac");
        if (known)
            html(out, "<dt><a href=\"/node/{u}\">{}</a><br><code>{}</code></dt><dd><ul class=\"values\">", known,
                 known, mac);
        else
            html(out, "<dt><code>{}</code></dt><dd><ul class=\"values\">", mac);
        cJSON_ArrayForEach(v, json_member(s, "values"))
            put_value(out, json_member(s, "values"), v);
        html(out, "</ul><p class=\"fine\">last heard ");
        page_time_text(out, json_text(s, "at"));
        html(out, "</p></dd>");
    }
    html(out, "</dl></section>");
}

void wiring_sections(struct exchange *x, const cJSON *node)
{
    struct sheet s = {.x = x, .out = &x->reply, .node = node};
    put_leads(&s);
    bool pair = json_member(node, "vlans")->child || json_member(node, "poe")->child;
    html(s.out, pair ? "<div class=\"pair\">" : "");
    put_vlans(&s);
    put_poe(&s);
    html(s.out, pair ? "</div>" : "");
    put_stations(s.out, node);
}
