#include "poller/command/walk/record_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "poller/base/atomic_file.h"
#include "poller/command/profiles_load.h"
#include "poller/command/walk/record.h"
#include "poller/command/walk/scrub.h"
#include "poller/command/walk/show.h"

static const char *label_of(struct snmp_oid_view oid)
{
    struct mib_object o;
    return show_object(oid, &o) ? o.label : NULL;
}

static bool know_words(struct scrub *s, const struct snmp_options *o)
{
    return scrub_secret(s, o->community) && scrub_secret(s, o->user) &&
           scrub_secret(s, o->context) && scrub_secret(s, o->auth_password) &&
           scrub_secret(s, o->priv_password);
}

static void put_head(const struct record_order *order, struct buf *out)
{
    buf_printf(out,
               "# hayloft " HAYLOFT_VERSION
               " walk, SNMP version %s%s. Names, addresses and serial numbers are "
               "stand-ins.\n",
               order->version, order->complete ? "" : ", not complete");
}

static void put_rows(const struct walk_rows *rows, struct record_summary *summary, struct buf *out)
{
    for (size_t i = 0; i < rows->count; i++)
        if (record_line(&rows->items[i], out))
            summary->objects++;
        else
            summary->unreadable++;
}

static bool write_file(const struct record_order *order, const struct buf *text,
                       char why[static RECORD_FILE_WHY_MAX])
{
    if (text->failed)
        snprintf(why, RECORD_FILE_WHY_MAX, "no memory to write %s", order->path);
    else if (atomic_file_write(order->path, text->data, text->len, 0600))
        return true;
    else
        snprintf(why, RECORD_FILE_WHY_MAX, "cannot write %s: %s", order->path, strerror(errno));
    return false;
}

static bool scrub_and_write(const struct record_order *order, struct scrub *s,
                            const struct walk_rows *rows, struct record_summary *out,
                            char why[static RECORD_FILE_WHY_MAX])
{
    struct walk_rows clean = {0};
    struct buf text = {0};
    bool fine =
        walk_rows_init(&clean) && know_words(s, order->options) && scrub_rows(s, rows, &clean);
    *out = (struct record_summary){0};
    if (fine) {
        struct scrub_counts counts = scrub_counts(s);
        *out = (struct record_summary){.left_out = counts.left_out,
                                       .macs = counts.macs,
                                       .addresses = counts.addresses,
                                       .texts = counts.texts,
                                       .texts_kept = counts.kept};
        put_head(order, &text);
        put_rows(&clean, out, &text);
        fine = write_file(order, &text, why);
    } else {
        snprintf(why, RECORD_FILE_WHY_MAX, "no memory to write %s", order->path);
    }
    buf_fini(&text);
    walk_rows_fini(&clean);
    return fine;
}

bool record_file_write(const struct record_order *order, const struct walk_rows *rows,
                       struct record_summary *out, char why[static RECORD_FILE_WHY_MAX])
{
    struct arena *arena = arena_create(0);
    const struct profile_set *profiles = arena ? profiles_load(order->config, arena) : NULL;
    struct scrub *s = profiles ? scrub_create(profiles, label_of, order->keep_texts) : NULL;
    bool fine = s && scrub_and_write(order, s, rows, out, why);
    if (!s)
        snprintf(why, RECORD_FILE_WHY_MAX,
                 "%s is not written: without profiles nobody knows what is private in it",
                 order->path);
    scrub_destroy(s);
    arena_destroy(arena);
    return fine;
}
