/* A walk as a file to pass on: scrubbed, with a head that says what it is, whole or not there, for
 * its owner's eyes only. */
#ifndef HAYLOFT_COMMAND_WALK_RECORD_FILE_H
#define HAYLOFT_COMMAND_WALK_RECORD_FILE_H

#include "collectors/snmp/device.h"
#include "poller/command/walk/rows.h"

#define RECORD_FILE_WHY_MAX 512

struct record_order {
    const char *config, *path; /* of the configuration, whose profiles are known; of the file */
    const struct snmp_options *options; /* its words must not be in the file */
    const char *version;                /* that the device answered */
    bool complete, keep_texts;          /* see scrub_create */
};

struct record_summary {
    size_t objects;
    size_t left_out, unreadable;
    size_t macs, addresses, texts, texts_kept;
};

/* False: why says so; the file, if there was one, is as it was. */
bool record_file_write(const struct record_order *order, const struct walk_rows *rows,
                       struct record_summary *out, char why[static RECORD_FILE_WHY_MAX]);

#endif
