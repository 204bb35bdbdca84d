#include "collectors/snmp/load.h"

void load_begin(struct load *l)
{
    l->rows_ns = l->tables_ns = 0;
}

void load_add_rows(struct load *l, int64_t busy_ns)
{
    l->rows_ns += busy_ns;
}

void load_add_tables(struct load *l, int64_t busy_ns)
{
    l->tables_ns += busy_ns;
}

int64_t load_round_over(struct load *l, unsigned usual)
{
    unsigned rounds = l->rounds ? l->rounds : usual ? usual : 1;
    if (l->tables_ns) {
        l->part_ns = l->tables_ns / rounds;
        l->rounds = 1;
    } else if (l->rounds) {
        l->rounds++;
    }
    return l->rows_ns + l->part_ns;
}
