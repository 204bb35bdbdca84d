#include "collectors/snmp/load.h"

void load_begin(struct load *l)
{
    l->rows_ns = l->tables.ns = 0;
}

void load_add_rows(struct load *l, int64_t busy_ns)
{
    l->rows_ns += busy_ns;
}

void load_add_tables(struct load *l, int64_t busy_ns)
{
    l->tables.ns += busy_ns;
}

void load_add_wiring(struct load *l, int64_t busy_ns)
{
    l->wiring.ns += busy_ns;
}

static void spread(struct load_part *p, unsigned rounds)
{
    p->part_ns = p->ns / (rounds ? rounds : 1);
    p->ns = 0;
    p->rounds = 1;
}

int64_t load_round_over(struct load *l, unsigned usual)
{
    l->wiring.rounds += l->wiring.rounds > 0;
    if (l->tables.ns)
        spread(&l->tables, l->tables.rounds ? l->tables.rounds : usual);
    else
        l->tables.rounds += l->tables.rounds > 0;
    return l->rows_ns + l->tables.part_ns + l->wiring.part_ns;
}

void load_wiring_over(struct load *l, unsigned usual)
{
    if (l->wiring.ns)
        spread(&l->wiring, l->wiring.rounds > usual ? l->wiring.rounds : usual);
}
