/* How much disk a configuration will come to need, before anything is written. */
#ifndef HAYLOFT_CONFIG_DISK_NEED_H
#define HAYLOFT_CONFIG_DISK_NEED_H

#include "poller/base/buf.h"
#include "poller/config/config.h"

struct disk_need {
    int64_t series_bytes;      /* of what is known beforehand: pings, services, the Internet */
    int64_t port_bytes;        /* of one port, on top for each port SNMP will find */
    int64_t journal_bytes;     /* at most */
    size_t snmp_nodes;
};

struct disk_need disk_need(const struct config *c);
/* "about 12 MiB for series, 1.6 MiB more for each port of 3 SNMP nodes, journal up to 256 MiB" */
void disk_need_print(const struct disk_need *need, struct buf *out);

#endif
