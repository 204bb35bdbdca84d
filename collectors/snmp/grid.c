#include "collectors/snmp/grid.h"

#include <stdlib.h>
#include <string.h>

void grid_init(struct grid *g, struct arena *arena, size_t rows_max)
{
    *g = (struct grid){.arena = arena, .rows_max = rows_max, .rising = true};
}

void grid_fini(struct grid *g)
{
    free(g->rows);
    *g = (struct grid){0};
}

static struct grid_row *add_row(struct grid *g, struct snmp_oid_view index)
{
    if (g->count == g->capacity) {
        size_t capacity = g->capacity ? g->capacity * 2 : 16;
        struct grid_row *rows = realloc(g->rows, capacity * sizeof *rows);
        if (!rows)
            return NULL;
        g->rows = rows;
        g->capacity = capacity;
    }
    struct grid_row *r = &g->rows[g->count];
    *r = (struct grid_row){.index = {arena_copy(g->arena, index.bytes, index.len), index.len}};
    if (!r->index.bytes)
        return NULL;
    g->count++;
    return r;
}

static struct grid_row *row_of(struct grid *g, unsigned column, struct snmp_oid_view index)
{
    size_t at = g->cursors[column];
    if (at == g->count && (!at || snmp_oid_compare(g->rows[at - 1].index, index) < 0) && g->rising)
        return NULL;
    for (size_t tried = 0; tried < g->count; tried++, at++) {
        if (at >= g->count)
            at = 0;
        if (snmp_oid_equal(g->rows[at].index, index)) {
            g->cursors[column] = at + 1;
            return &g->rows[at];
        }
    }
    return NULL;
}

static bool set(struct grid *g, struct grid_cell *c, const struct snmp_value *v)
{
    if (snmp_value_number(v, &c->number)) {
        c->kind = GRID_NUMBER;
    } else if (v->type == SNMP_OCTETS || v->type == SNMP_IPADDRESS) {
        c->len = v->len < GRID_TEXT_MAX ? v->len : GRID_TEXT_MAX;
        c->octets = arena_copy(g->arena, v->octets, c->len ? c->len : 1);
        c->kind = GRID_OCTETS;
        return c->octets != NULL;
    }
    return true;
}

bool grid_put(struct grid *g, unsigned column, struct snmp_oid_view index, const struct snmp_value *v)
{
    if (!index.len)
        return true;
    struct grid_row *r = row_of(g, column, index);
    if (!r && g->count >= g->rows_max) {
        g->left_out++;
        return true;
    }
    if (!r) {
        g->rising &= !g->count || snmp_oid_compare(g->rows[g->count - 1].index, index) < 0;
        r = add_row(g, index);
        g->cursors[column] = g->count;
    }
    return r && set(g, &r->cells[column], v);
}

const struct grid_row *grid_find(const struct grid *g, struct snmp_oid_view index)
{
    for (size_t i = 0; i < g->count; i++)
        if (snmp_oid_equal(g->rows[i].index, index))
            return &g->rows[i];
    return NULL;
}

uint64_t grid_number(const struct grid_row *r, unsigned column, uint64_t otherwise)
{
    return r && r->cells[column].kind == GRID_NUMBER ? r->cells[column].number : otherwise;
}
