#include "poller/config/disk_need.h"

#include <string.h>

#include "poller/base/clock.h"

#define ROW_BYTES 8              /* RRDtool keeps a double per row and data source */
#define HEAD_BYTES 16384         /* of a file, and what the file system rounds up */
#define PING_SOURCES 8           /* rtt_min ... sent */
#define PORT_SOURCES 10          /* octets, errors, discards, packets both ways, speed, oper */
#define TIMES_SOURCES 2          /* time, ok */
#define STEPS_SOURCES 18         /* of nine steps, how it went and how long it took */
#define AIR_STEPS_SOURCES 22     /* and of two more on the air */
#define PING_FUNCTIONS 3         /* AVERAGE, MAX and MIN */
#define OTHER_FUNCTIONS 2        /* AVERAGE and MAX */

static const struct config_archive standard_archives[] = {
    {SECONDS(60), MINUTES(2 * 24 * 60)},
    {MINUTES(5), MINUTES(16 * 24 * 60)},
    {MINUTES(30), MINUTES(90 * 24 * 60)},
    {MINUTES(24 * 60), MINUTES(5 * 365 * 24 * 60)},
};

/* Rows of all archives of one data source and one function. */
static int64_t rows(const struct config_keep *k)
{
    const struct config_archive *list = k->archives_count ? k->archives : standard_archives;
    size_t count = k->archives_count ? k->archives_count
                                     : sizeof standard_archives / sizeof standard_archives[0];
    int64_t sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += list[i].step_ns ? (list[i].keep_ns + list[i].step_ns - 1) / list[i].step_ns : 0;
    return sum;
}

static int64_t file_bytes(const struct config *c, int sources, int functions)
{
    if (!role_built[ROLE_PAINTER])
        return 0;
    return HEAD_BYTES + rows(&c->keep) * sources * functions * ROW_BYTES;
}

struct disk_need disk_need(const struct config *c)
{
    struct disk_need need = {.port_bytes = file_bytes(c, PORT_SOURCES, OTHER_FUNCTIONS),
                             .journal_bytes = c->journal.ceiling_bytes};
    if (c->internet.enabled)
        need.series_bytes += file_bytes(c, PING_SOURCES, PING_FUNCTIONS);
    for (size_t i = 0; i < c->networks_count; i++) {
        bool on_air = c->networks[i].wifi.ssid;
        int64_t vlans = c->networks[i].vlans_count || on_air ? (int64_t)c->networks[i].vlans_count : 1;
        need.series_bytes += vlans * file_bytes(c, STEPS_SOURCES, OTHER_FUNCTIONS);
        if (on_air)
            need.series_bytes += file_bytes(c, AIR_STEPS_SOURCES, OTHER_FUNCTIONS);
    }
    for (size_t i = 0; i < c->nodes_count; i++)
        for (size_t k = 0; k < c->nodes[i].checks_count; k++) {
            const char *kind = c->nodes[i].checks[k].kind.kind;
            if (strcmp(kind, "snmp") == 0)
                need.snmp_nodes++;
            else if (strcmp(kind, "ping") == 0)
                need.series_bytes += file_bytes(c, PING_SOURCES, PING_FUNCTIONS);
            else if (strcmp(kind, "arp") != 0) /* it keeps no series */
                need.series_bytes += file_bytes(c, TIMES_SOURCES, OTHER_FUNCTIONS);
        }
    return need;
}

static void print_size(int64_t bytes, struct buf *out)
{
    if (bytes >= INT64_C(1) << 30)
        buf_printf(out, "%.1f GiB", (double)bytes / (double)(INT64_C(1) << 30));
    else
        buf_printf(out, "%.1f MiB", (double)bytes / (double)(1 << 20));
}

void disk_need_print(const struct disk_need *need, struct buf *out)
{
    if (role_built[ROLE_PAINTER]) {
        buf_text(out, "about ");
        print_size(need->series_bytes, out);
        buf_text(out, " for series");
    } else {
        buf_text(out, "no series (built without graphs)");
    }
    if (need->port_bytes && need->snmp_nodes) {
        buf_text(out, ", ");
        print_size(need->port_bytes, out);
        buf_printf(out, " more for each port found on %zu SNMP node%s", need->snmp_nodes,
                   need->snmp_nodes == 1 ? "" : "s");
    }
    buf_text(out, ", the journal up to ");
    print_size(need->journal_bytes, out);
}
