/* What a device's profiles want of it: which they are, which cells there are, what these hold. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/snmp/device_internal.h"

#define REQUEST_MAX 4096
#define FAILURES_MAX 3 /* so often the next round tries again, then the next reading of the tables */

static const struct profile_set *profiles_of(const struct device *d)
{
    return d->figures.catalogue ? catalogue_set(d->figures.catalogue) : NULL;
}

void device_figures_begin(struct device *d, bool tables)
{
    struct device_figures *f = &d->figures;
    f->due = tables || (!f->cells && f->failures < FAILURES_MAX);
    f->incomplete = false;
    f->next_cell = 0;
    f->stage = f->due ? FIGURES_RECOGNISE : FIGURES_CELLS;
    if (f->cells)
        cell_table_begin_round(f->cells);
}

static void forget_profiles(struct device_figures *f)
{
    figure_fini(&f->set);
    cell_table_destroy(f->cells);
    f->cells = NULL;
    f->family = NULL;
    free(f->why);
    f->why = NULL;
}

void device_figures_stop(struct device *d)
{
    struct device_figures *f = &d->figures;
    f->failures += f->recognition || f->walk || f->incoming;
    recognise_destroy(f->recognition);
    f->recognition = NULL;
    free(f->walk);
    f->walk = NULL;
    cell_table_destroy(f->incoming);
    f->incoming = NULL;
}

void device_figures_fini(struct device *d)
{
    device_figures_stop(d);
    forget_profiles(&d->figures);
    free(d->figures.known_as);
    catalogue_release(d->figures.catalogue);
}

/* --- which profiles --- */

/* What a device says it is, as one text; NULL: no memory. */
static char *self_description(const struct device *d)
{
    const char *descr = d->texts[SYS_DESCR], *object_id = d->texts[SYS_OBJECT_ID];
    char *text = NULL;
    if (asprintf(&text, "%s\n%s", object_id ? object_id : "", descr ? descr : "") < 0)
        return NULL;
    return text;
}

static bool add_book(struct device *d, struct cell_table *t, const struct profile *p)
{
    const struct book *b = catalogue_book(d->figures.catalogue, p);
    return b && figure_add_book(&d->figures.set, b, t);
}

/* Its profiles are known: their columns are what is walked from now on. */
static bool take_profiles(struct device *d)
{
    struct device_figures *f = &d->figures;
    struct recognition *r = f->recognition;
    struct cell_table *t = cell_table_create();
    recognise_conclude(r);
    forget_profiles(f);
    f->family = r->family;
    f->why = r->family ? strdup(r->why) : NULL;
    bool fine = t && (!r->family || (f->why && add_book(d, t, r->family)));
    for (size_t i = 0; fine && i < r->standard_count; i++)
        fine = add_book(d, t, r->standards[i]);
    f->incoming = t;
    free(f->known_as);
    f->known_as = fine ? self_description(d) : NULL;
    recognise_destroy(r);
    f->recognition = NULL;
    return fine;
}

/* A table with the same columns and no cells. */
static struct cell_table *same_columns(const struct cell_table *t)
{
    struct cell_table *new = cell_table_create();
    for (size_t i = 0; new && i < t->column_count; i++) {
        const struct cell_column *c = &t->columns[i];
        if (cell_table_column(new, snmp_oid_view(&c->root), c->scalar, c->fixed, c->rate) < 0) {
            cell_table_destroy(new);
            new = NULL;
        }
    }
    return new;
}

static bool begin_columns(struct device *d)
{
    struct device_figures *f = &d->figures;
    if (!f->incoming && !(f->incoming = same_columns(f->cells)))
        return false;
    f->stage = FIGURES_COLUMNS;
    f->next_column = 0;
    f->broken = 0;
    return true;
}

static bool begin_recognition(struct device *d, bool *needed)
{
    struct device_figures *f = &d->figures;
    char *now = self_description(d);
    if (!now)
        return false;
    *needed = !f->known_as || !f->cells || strcmp(now, f->known_as) != 0;
    free(now);
    if (!*needed)
        return true;
    f->recognition = recognise_start(profiles_of(d), d->texts[SYS_DESCR], d->texts[SYS_OBJECT_ID]);
    return f->recognition != NULL;
}

/* --- asking --- */

static bool ask_recognition(struct device *d, bool *asked)
{
    uint8_t buffer[REQUEST_MAX];
    struct snmp_written out;
    *asked = recognise_ask(d->figures.recognition, &d->agent, buffer, sizeof buffer, &out);
    return !*asked || device_send_alone(d, JOB_RECOGNISE, true, &out);
}

/* The next group of columns that are no scalars. False: none left, or no memory (then walk is NULL). */
static bool begin_walk(struct device_figures *f, const struct snmp_agent *a, bool *fine)
{
    struct snmp_oid_view roots[SNMP_WALK_COLUMNS_MAX];
    uint16_t numbers[SNMP_WALK_COLUMNS_MAX];
    unsigned count = 0;
    *fine = true;
    for (; f->next_column < f->incoming->column_count && count < SNMP_WALK_COLUMNS_MAX; f->next_column++) {
        const struct cell_column *c = &f->incoming->columns[f->next_column];
        if (c->scalar)
            continue;
        numbers[count] = (uint16_t)f->next_column;
        roots[count++] = snmp_oid_view(&c->root);
    }
    if (!count)
        return false;
    f->walk = malloc(sizeof *f->walk);
    *fine = f->walk != NULL;
    if (!*fine)
        return false;
    snmp_walk_start(&f->walk->walk, roots, count, a);
    f->walk->walk.rows_max = CELL_ROWS_MAX;
    memcpy(f->walk->columns, numbers, count * sizeof numbers[0]);
    return true;
}

static bool ask_columns(struct device *d, bool *asked)
{
    struct device_figures *f = &d->figures;
    uint8_t buffer[REQUEST_MAX];
    struct snmp_written out;
    bool fine = true;
    *asked = false;
    while (f->walk || begin_walk(f, &d->agent, &fine)) {
        *asked = snmp_walk_ask(&f->walk->walk, &d->agent, buffer, sizeof buffer, &out);
        if (*asked)
            return device_send_alone(d, JOB_COLUMNS, true, &out);
        f->broken += f->walk->walk.end != SNMP_WALK_DONE;
        free(f->walk);
        f->walk = NULL;
    }
    return fine;
}

/* As many parts as the window allows; asked is false when none is left to ask. */
static bool ask_cells(struct device *d, enum cell_choice choice, bool *asked)
{
    struct device_figures *f = &d->figures;
    struct cell_table *t = choice == CELLS_SCALAR ? f->incoming : f->cells;
    uint8_t buffer[REQUEST_MAX];
    struct snmp_written out;
    *asked = false;
    while (t && device_jobs_running(d) < d->agent.window) {
        struct job *j = device_free_job(d);
        if (!j)
            return false;
        cell_part_choose(t, choice, f->next_cell, f->cells_most, &j->cells);
        f->next_cell = j->cells.end;
        if (!j->cells.count)
            break;
        j->kind = JOB_CELLS;
        *asked = true;
        if (!device_send(d, j, cell_part_write(&j->cells, t, &d->agent, buffer, sizeof buffer, &out), &out))
            return false;
    }
    return true;
}

static bool settle_columns(struct device *d)
{
    struct device_figures *f = &d->figures;
    f->stage = FIGURES_SCALARS;
    f->next_cell = 0;
    return cell_table_settle(f->incoming, f->cells);
}

static void settle_scalars(struct device *d)
{
    struct device_figures *f = &d->figures;
    cell_table_refuse_absent(f->incoming);
    cell_table_destroy(f->cells);
    f->cells = f->incoming;
    f->incoming = NULL;
    f->failures = 0;
    f->due = false;
    f->stage = FIGURES_CELLS;
    f->next_cell = (uint32_t)f->cells->count; /* all of it was read just now */
}

/* One step of reading the tables: the next request, or the next stage. */
static bool advance_tables(struct device *d, bool *asked)
{
    struct device_figures *f = &d->figures;
    bool needed = true;
    switch (f->stage) {
    case FIGURES_RECOGNISE:
        if (!f->recognition && !begin_recognition(d, &needed))
            return false;
        if (f->recognition && !ask_recognition(d, asked))
            return false;
        return *asked || ((!needed || take_profiles(d)) && begin_columns(d));
    case FIGURES_COLUMNS:
        return ask_columns(d, asked) && (*asked || settle_columns(d));
    case FIGURES_SCALARS:
        if (!ask_cells(d, CELLS_SCALAR, asked))
            return false;
        if (!*asked && !device_jobs_running(d))
            settle_scalars(d);
        return true;
    default:
        return true;
    }
}

bool device_figures_advance(struct device *d, bool *over)
{
    struct device_figures *f = &d->figures;
    bool asked = false;
    *over = true;
    if (!profiles_of(d))
        return true;
    while (f->due && !asked) {
        if (device_jobs_running(d) && f->stage != FIGURES_SCALARS)
            break;
        if (!advance_tables(d, &asked))
            return false;
        if (f->stage == FIGURES_SCALARS && device_jobs_running(d))
            break;
    }
    if (!f->due && !ask_cells(d, CELLS_OF_A_ROUND, &asked))
        return false;
    *over = !f->due && !asked && (!f->cells || f->next_cell >= f->cells->count);
    return true;
}

/* --- taking --- */

static void take_walk_cell(void *ctx, unsigned column, struct snmp_oid_view index, const struct snmp_value *v)
{
    struct device *d = ctx;
    struct device_figures *f = &d->figures;
    if (!cell_table_add(f->incoming, f->walk->columns[column], index, v, d->env->now(d->env->ctx).mono))
        f->incomplete = true;
}

static bool take_cells(struct device *d, struct job *j, const struct snmp_pdu *pdu, struct mono at)
{
    struct device_figures *f = &d->figures;
    struct cell_table *t = f->stage == FIGURES_SCALARS ? f->incoming : f->cells;
    enum cell_fate fate = cell_part_read(&j->cells, t, pdu, at);
    if (fate == CELLS_SMALLER)
        f->cells_most = j->cells.count / 2;
    if ((fate == CELLS_SMALLER || fate == CELLS_LESS) && j->cells.cells[0] < f->next_cell)
        f->next_cell = j->cells.cells[0]; /* from there again; what was read meanwhile is read twice */
    return fate != CELLS_WRONG;
}

bool device_figures_take(struct device *d, struct job *j, const struct snmp_pdu *pdu, struct mono at)
{
    struct device_figures *f = &d->figures;
    if (j->kind == JOB_RECOGNISE)
        return f->recognition && recognise_take(f->recognition, pdu);
    if (j->kind == JOB_COLUMNS)
        return f->walk && snmp_walk_take(&f->walk->walk, &d->agent, pdu, take_walk_cell, d);
    return take_cells(d, j, pdu, at);
}
