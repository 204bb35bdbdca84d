/* hayloft walk: everything a device tells by SNMP, without daemon or configuration; with --record
 * as a file for a report, in which nobody's names and addresses are left. */
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "poller/base/json.h"
#include "poller/command/all.h"
#include "poller/command/command.h"
#include "poller/command/lines.h"
#include "poller/command/progress.h"
#include "poller/command/target.h"
#include "poller/command/walk/course.h"
#include "poller/command/walk/mib.h"
#include "poller/command/walk/record_file.h"
#include "poller/command/walk/rows.h"
#include "poller/command/walk/show.h"

#define OBJECTS_DEFAULT   100000
#define OBJECTS_MOST      1000000
#define TIME_DEFAULT_S    600
#define TIME_MOST_S       86400
#define ADDRESS_SHOWN_MAX 64

/* What tells about a device, most useful first: the walk may be cut. What is not here, 1.3.6.1.6.3,
 * holds who may read the agent. */
static const char *const usual_roots[][2] = {
    {"1.3.6.1.2.1.1", NULL},                     /* system */
    {"1.3.6.1.2.1", "1.3.6.1.2.1.1.4294967295"}, /* the rest of mib-2 */
    {"1.0.8802", NULL},                          /* LLDP */
    {"1.2.840", NULL},                           /* IEEE 802.3, 802.11 */
    {"1.3.111", NULL},                           /* IEEE 802.1 */
    {"1.3.6.1.4.1", NULL},                       /* enterprises */
    {"1.3.9999", NULL},                          /* not registered, but used */
};

struct walk {
    const struct invocation *invocation;
    const char *record; /* NULL: not wanted */
    struct target target;
    struct course_root roots[COURSE_ROOTS_MAX];
    size_t root_count;
    long objects_most, time_most_s;
    bool keep_texts;
    bool stream; /* objects are printed as they come */
    struct walk_rows rows;
    struct course course;
};

/* ---- what was asked for ---- */

static bool read_number(const struct invocation *v, const char *name, const char *text, long most,
                        long *out)
{
    char *end;
    if (!text)
        return true;
    *out = strtol(text, &end, 10);
    if (*text && !*end && *out >= 1 && *out <= most)
        return true;
    command_fail(v, "%s %s: expected a number from 1 to %ld", name, text, most);
    return false;
}

static bool read_oid(const char *text, struct tree_oid *out)
{
    struct walk_numbers n = {.count = WALK_NUMBERS_MAX};
    out->len = snmp_oid_encode(text, strlen(text), out->bytes, sizeof out->bytes);
    if (!out->len && mib_parse(text, n.at, &n.count))
        out->len = walk_numbers_write(&n, out->bytes);
    return out->len > 0;
}

static void take_usual_roots(struct walk *w)
{
    for (; w->root_count < sizeof usual_roots / sizeof usual_roots[0]; w->root_count++) {
        struct course_root *root = &w->roots[w->root_count];
        *root = (struct course_root){0};
        read_oid(usual_roots[w->root_count][0], &root->oid);
        if (usual_roots[w->root_count][1])
            read_oid(usual_roots[w->root_count][1], &root->after);
    }
}

static bool take_roots(struct walk *w, int count, char **texts)
{
    if (count > COURSE_ROOTS_MAX) {
        command_fail(w->invocation, "more than %d OIDs", COURSE_ROOTS_MAX);
        return false;
    }
    for (int i = 0; i < count; i++) {
        w->roots[i] = (struct course_root){0};
        if (!read_oid(texts[i], &w->roots[i].oid)) {
            command_fail(w->invocation, "%s is no OID, and no name in a MIB that is installed here",
                         texts[i]);
            return false;
        }
        w->root_count++;
    }
    if (!count)
        take_usual_roots(w);
    return true;
}

/* Better said before the device was asked for minutes. */
static bool can_write(const struct walk *w)
{
    char *copy = w->record ? strdup(w->record) : NULL;
    bool fine = !copy || access(dirname(copy), W_OK) == 0;
    if (!fine)
        command_fail(w->invocation, "cannot write %s: %s", w->record, strerror(errno));
    free(copy);
    return fine;
}

static bool understand(struct walk *w, struct invocation *v)
{
    const char *objects = command_option(v, "--objects"), *time = command_option(v, "--time");
    w->record = command_option(v, "--record");
    w->keep_texts = command_flag(v, "--keep-texts");
    if (!read_number(v, "--objects", objects, OBJECTS_MOST, &w->objects_most) ||
        !read_number(v, "--time", time, TIME_MOST_S, &w->time_most_s) ||
        !target_take(v, &w->target))
        return false;
    if (v->argc < 2 || v->argv[1][0] == '-') {
        command_usage(v);
        return false;
    }
    mib_load();
    return take_roots(w, v->argc - 2, v->argv + 2) && can_write(w) &&
           target_find(v, v->argv[1], &w->target);
}

/* ---- what came ---- */

static void print_row(struct snmp_oid_view oid, const struct snmp_value *value)
{
    struct mib_object found;
    const struct mib_object *o = show_object(oid, &found) ? &found : NULL;
    struct buf line = {0};
    show_name(oid, o, &line);
    buf_printf(&line, " = %s: ", snmp_type_word(value->type));
    show_value(value, o, &line);
    put_safely(buf_string(&line), COLOUR_NONE);
    putchar('\n');
    buf_fini(&line);
}

static bool on_row(void *ctx, struct snmp_oid_view oid, const struct snmp_value *value)
{
    struct walk *w = ctx;
    if (!w->stream)
        return walk_rows_add(&w->rows, oid, value);
    print_row(oid, value);
    return true;
}

static const char *version_word(enum snmp_version v)
{
    return v == SNMP_V1 ? "1" : v == SNMP_V2C ? "2c" : "3";
}

static cJSON *document_of(const struct walk *w, const char *address)
{
    const struct course *c = &w->course;
    cJSON *document = cJSON_CreateObject();
    json_put_text(document, "address", address);
    json_put_text(document, "version", c->answered ? version_word(c->version) : NULL);
    if (*c->engine_id)
        json_put_text(document, "engine_id", c->engine_id);
    json_put_number(document, "count", (double)c->objects);
    json_put_number(document, "requests", (double)c->requests);
    json_put_number(document, "took_ms", (double)(c->took_ns / NS_PER_MS));
    json_put_bool(document, "complete", c->answered && !c->cut_count && !c->error);
    cJSON *cuts = json_put_array(document, "cuts");
    for (size_t i = 0; i < c->cut_count; i++) {
        cJSON *cut = json_add_object(cuts);
        json_put_text(cut, "reason", c->cuts[i].word);
        json_put_text(cut, "sentence", c->cuts[i].sentence);
    }
    if (c->error) {
        json_put_text(document, "error", c->error);
        json_put_text(document, "detail", c->detail);
    }
    return document;
}

static void put_objects(const struct walk *w, cJSON *document)
{
    cJSON *objects = json_put_array(document, "objects");
    for (size_t i = 0; i < w->rows.count; i++) {
        struct mib_object found;
        const struct walk_row *row = &w->rows.items[i];
        cJSON_AddItemToArray(objects,
                             show_document(row, show_object(row->oid, &found) ? &found : NULL));
    }
}

static int tell(const struct walk *w)
{
    const struct course *c = &w->course;
    for (size_t i = 0; i < c->cut_count; i++)
        command_fail(w->invocation, "%s", c->cuts[i].sentence);
    if (c->error)
        command_fail(w->invocation, "%s", c->detail);
    if (c->own_fault)
        return EXIT_UNKNOWN;
    if (!c->answered)
        return EXIT_FAILING;
    return c->cut_count ? EXIT_DEGRADED : EXIT_OK;
}

/* ---- the record ---- */

static void put_record(const struct record_summary *s, const char *path, cJSON *document)
{
    cJSON *record = json_put_object(document, "record");
    json_put_text(record, "file", path);
    json_put_number(record, "objects", (double)s->objects);
    json_put_number(record, "left_out", (double)s->left_out);
    json_put_number(record, "unreadable", (double)s->unreadable);
    json_put_number(record, "macs_replaced", (double)s->macs);
    json_put_number(record, "addresses_replaced", (double)s->addresses);
    json_put_number(record, "texts_replaced", (double)s->texts);
    json_put_number(record, "texts_kept", (double)s->texts_kept);
}

static void print_record(const struct record_summary *s, const char *path)
{
    printf("%s: %zu objects; replaced: %zu MAC and %zu IP addresses, %zu texts; %zu objects left "
           "out.\n",
           path, s->objects, s->macs, s->addresses, s->texts, s->left_out);
    if (s->texts_kept)
        printf("%zu texts of the maker's own objects were kept. Look through them before you pass "
               "it on:\n"
               "  grep '|4|' %s\n",
               s->texts_kept, path);
}

static bool write_record(const struct walk *w, cJSON *document)
{
    struct record_summary summary;
    char why[RECORD_FILE_WHY_MAX];
    const struct record_order order = {.config = w->invocation->config,
                                       .path = w->record,
                                       .options = &w->target.options,
                                       .version = version_word(w->course.version),
                                       .complete = !w->course.cut_count,
                                       .keep_texts = w->keep_texts};
    if (!record_file_write(&order, &w->rows, &summary, why)) {
        command_fail(w->invocation, "%s", why);
        return false;
    }
    if (w->invocation->json)
        put_record(&summary, w->record, document);
    else
        print_record(&summary, w->record);
    return true;
}

static int finish(struct walk *w, const char *address)
{
    cJSON *document = document_of(w, address);
    bool kept = !w->record || !w->course.answered || write_record(w, document);
    if (w->invocation->json) {
        if (!w->record)
            put_objects(w, document);
        command_print_json(document);
    }
    cJSON_Delete(document);
    int status = tell(w);
    return kept ? status : EXIT_UNKNOWN;
}

int walk_run(struct invocation *v)
{
    struct walk *w = calloc(1, sizeof *w);
    int status = EXIT_UNKNOWN;
    char what[ADDRESS_SHOWN_MAX + 16];
    if (!w || !walk_rows_init(&w->rows)) {
        free(w);
        return command_fail(v, "no memory");
    }
    *w = (struct walk){.invocation = v,
                       .rows = w->rows,
                       .objects_most = OBJECTS_DEFAULT,
                       .time_most_s = TIME_DEFAULT_S};
    if (understand(w, v)) {
        struct course_plan plan = {.target = &w->target,
                                   .roots = w->roots,
                                   .root_count = w->root_count,
                                   .objects_most = (size_t)w->objects_most,
                                   .time_most_ns = SECONDS(w->time_most_s),
                                   .row = on_row,
                                   .ctx = w};
        w->stream = !v->json && !w->record;
        snprintf(what, sizeof what, "walking %.*s", ADDRESS_SHOWN_MAX, v->argv[1]);
        struct progress *sign = w->stream && isatty(STDOUT_FILENO) ? NULL : progress_begin(what);
        course_run(&plan, &w->course);
        progress_end(sign);
        status = finish(w, v->argv[1]);
    }
    target_fini(&w->target);
    walk_rows_fini(&w->rows);
    free(w);
    return status;
}
