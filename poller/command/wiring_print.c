#include "poller/command/wiring_print.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/base/json.h"
#include "poller/command/lines.h"
#include "poller/command/table.h"
#include "poller/document/port_ranges.h"
#include "poller/model/wiring.h"

#define PORTS_MAX 4096 /* of one VLAN, or in one state */
#define NUMBER_TEXT_MAX 32

/* "neighbours, read 4 min ago" */
static void print_title(const cJSON *document, const char *list, const char *words)
{
    char ago[64];
    const cJSON *told = json_member(json_member(document, "tables"), list);
    printf("\n%s, read %s ago%s\n", words, since_text(json_text(told, "at"), ago, sizeof ago),
           cJSON_IsTrue(json_member(told, "cut")) ? "; the device has more" : "");
}

static struct table *begin(const cJSON *document, const char *list, const char *words, const char *const *titles,
                           size_t shrink)
{
    if (!cJSON_GetArraySize(json_member(document, list)))
        return NULL;
    print_title(document, list, words);
    return table_create(titles, shrink);
}

static void finish(struct table *t)
{
    table_print(t, stdout);
    table_destroy(t);
}

static const char *either(const char *text, const char *otherwise)
{
    return text && *text ? text : otherwise && *otherwise ? otherwise : NULL;
}

static void add_lead(struct table *t, const char *port, const char *name, const char *remote, const char *known_by)
{
    table_cell(t, COLOUR_NONE, port);
    table_cell(t, COLOUR_NONE, name);
    table_cell(t, COLOUR_NONE, remote);
    table_cell(t, COLOUR_FAINT, known_by && strcmp(known_by, "fdb") == 0 ? "heard here" : known_by);
}

static size_t add_leads(struct table *t, const cJSON *document)
{
    size_t count = 0;
    const cJSON *port, *lead;
    cJSON_ArrayForEach(port, json_member(document, "ports"))
        cJSON_ArrayForEach(lead, json_member(port, "leads_to")) {
            add_lead(t, json_text(port, "name"), json_text(lead, "name"), json_text(lead, "port"),
                     json_text(lead, "known_by"));
            count++;
        }
    return count;
}

/* Neighbours at a port that is none of its interfaces. */
static size_t add_lost(struct table *t, const cJSON *document)
{
    size_t count = 0;
    const cJSON *n;
    cJSON_ArrayForEach(n, json_member(document, "neighbours"))
        if (!json_text(n, "port_name")) {
            add_lead(t, NULL, either(json_text(n, "name"), json_text(n, "chassis")),
                     either(json_text(n, "remote_port"), json_text(n, "remote_port_description")),
                     json_text(n, "source"));
            count++;
        }
    return count;
}

static void print_leads(const cJSON *document)
{
    static const char *const titles[] = {"port", "leads to", "its port", "known by", NULL};
    bool told = cJSON_GetArraySize(json_member(document, "neighbours"));
    struct table *t = table_create(titles, 1);
    if (t && add_leads(t, document) + add_lost(t, document)) {
        print_title(document, told ? "neighbours" : "fdb", "neighbours");
        table_print(t, stdout);
    }
    table_destroy(t);
}

/* Those of the list that are not in `but`. Names are texts, ports without one are numbers. */
static void put_ports(struct buf *out, const cJSON *list, const cJSON *but)
{
    const char **names = calloc(PORTS_MAX, sizeof *names);
    size_t count = 0;
    const cJSON *port, *other;
    cJSON_ArrayForEach(port, list) {
        bool wanted = cJSON_IsString(port) && names && count < PORTS_MAX;
        cJSON_ArrayForEach(other, but)
            wanted = wanted && !cJSON_Compare(port, other, true);
        if (wanted)
            names[count++] = port->valuestring;
    }
    if (names)
        port_ranges_put(out, names, count);
    free(names);
}

static void cell_of_ports(struct table *t, const cJSON *list, const cJSON *but)
{
    struct buf text = {0};
    put_ports(&text, list, but);
    table_cell(t, COLOUR_NONE, text.len ? buf_string(&text) : NULL);
    buf_fini(&text);
}

static void print_vlans(const cJSON *document)
{
    static const char *const titles[] = {"vlan", "name", "untagged", "tagged", NULL};
    struct table *t = begin(document, "vlans", "VLANs", titles, 3);
    const cJSON *v;
    if (!t)
        return;
    cJSON_ArrayForEach(v, json_member(document, "vlans")) {
        char vid[NUMBER_TEXT_MAX];
        snprintf(vid, sizeof vid, "%.0f", json_number(v, "vid", 0));
        table_cell(t, COLOUR_NONE, vid);
        table_cell(t, COLOUR_NONE, either(json_text(v, "name"), NULL));
        cell_of_ports(t, json_member(v, "untagged"), NULL);
        cell_of_ports(t, json_member(v, "members"), json_member(v, "untagged"));
    }
    finish(t);
}

static bool is_poe_state(const cJSON *port, const char *word)
{
    const char *detection = json_text(port, "detection");
    bool off = cJSON_IsFalse(json_member(port, "enabled"));
    return strcmp(word, off ? "disabled" : detection ? detection : "") == 0;
}

/* The ports in that state; their number on the device where they have no name. */
static size_t put_poe_ports(struct buf *out, const cJSON *list, const char *word)
{
    char (*numbers)[NUMBER_TEXT_MAX] = calloc(PORTS_MAX, sizeof *numbers);
    const char **names = calloc(PORTS_MAX, sizeof *names);
    size_t count = 0;
    const cJSON *port;
    cJSON_ArrayForEach(port, list) {
        if (!names || !numbers || count == PORTS_MAX || !is_poe_state(port, word))
            continue;
        snprintf(numbers[count], sizeof numbers[count], "%.0f", json_number(port, "number", 0));
        names[count] = either(json_text(port, "port_name"), numbers[count]);
        count++;
    }
    if (count)
        port_ranges_put(out, names, count);
    free(names);
    free(numbers);
    return count;
}

static void print_poe(const cJSON *document)
{
    static const char *const titles[] = {"state", "ports", NULL};
    struct table *t = begin(document, "poe", "power over Ethernet", titles, 1);
    for (int i = 0; t && wiring_poe_words[i]; i++) {
        const char *word = wiring_poe_words[i];
        bool faulty = i == WIRING_POE_FAULT || i == WIRING_POE_OTHER_FAULT;
        struct buf text = {0};
        if (put_poe_ports(&text, json_member(document, "poe"), word)) {
            table_cell(t, faulty ? COLOUR_BAD : i == WIRING_POE_DELIVERING ? COLOUR_GOOD : COLOUR_FAINT, word);
            table_cell(t, COLOUR_NONE, buf_string(&text));
        }
        buf_fini(&text);
    }
    if (t)
        finish(t);
}

static void print_stations(const cJSON *document)
{
    static const char *const titles[] = {"station", "signal", "", NULL};
    const cJSON *list = json_member(document, "stations"), *s;
    struct table *t = cJSON_GetArraySize(list) ? table_create(titles, 2) : NULL;
    if (!t)
        return;
    putchar('\n');
    cJSON_ArrayForEach(s, list) {
        char signal[48];
        const char *unit = json_text(s, "unit");
        const cJSON *first = cJSON_GetArrayItem(json_member(s, "values"), 0);
        table_cell(t, COLOUR_NONE, either(json_text(s, "node"), json_text(s, "mac")));
        table_cell(t, COLOUR_NONE, number_text(s, "signal", unit ? unit : "", signal, sizeof signal));
        table_cell(t, COLOUR_FAINT, json_text(first, "label"));
    }
    finish(t);
}

static void print_counts(const cJSON *document)
{
    static const char *const lists[][3] = {{"fdb", "address heard at its ports", "addresses heard at its ports"},
                                           {"arp", "address in its ARP and ND", "addresses in its ARP and ND"}};
    const char *gap = "\n";
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        char ago[64];
        const cJSON *told = json_member(json_member(document, "tables"), lists[i][0]);
        double count = json_number(told, "count", 0);
        if (count <= 0)
            continue;
        printf("%s%.0f%s %s, read %s ago\n", gap, count, cJSON_IsTrue(json_member(told, "cut")) ? " and more" : "",
               lists[i][count == 1 ? 1 : 2], since_text(json_text(told, "at"), ago, sizeof ago));
        gap = "";
    }
}

void wiring_print(const cJSON *document)
{
    print_leads(document);
    print_vlans(document);
    print_poe(document);
    print_stations(document);
    print_counts(document);
}
