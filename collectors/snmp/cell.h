/* The cells of a device that its profiles want: whole columns and scalars, found by walking, then asked by
 * name each round. Pure: bindings go in, values stay.
 *
 * A column is known by its OID and is there once, whoever wants it. Its cells stand in the order of their
 * index, so a row of several columns is found by the index. What changes only with the tables is `fixed`
 * and keeps what the walk told. Counters become a rate per second by model/counter. */
#ifndef HAYLOFT_COLLECTORS_SNMP_CELL_H
#define HAYLOFT_COLLECTORS_SNMP_CELL_H

#include "collectors/protocol/snmp_agent.h"
#include "collectors/protocol/snmp_walk.h"
#include "poller/model/counter.h"
#include "poller/model/expression.h"

#define CELLS_MAX 8192        /* of one device; more are counted and left out */
#define CELL_COLUMNS_MAX 512
#define CELL_ROWS_MAX 1024    /* of one column */
#define CELL_TEXT_MAX 255     /* bytes of a text that are kept */
#define CELL_PART_MAX 24      /* cells asked by one request */

enum cell_kind { CELL_ABSENT, CELL_NUMBER, CELL_TEXT };

struct cell {
    uint16_t column;
    uint8_t kind;
    uint8_t suffix_len;
    uint8_t text_len;
    bool narrow;           /* its counter came as Counter32 */
    bool stale;            /* not read in this round: nothing is known */
    bool refused;          /* the agent answered it with an error: not asked again */
    const uint8_t *suffix; /* the index, encoded; of the table's arena */
    double number;         /* a rate where the column is one; NaN: not known yet */
    char *text;            /* malloc'd, not terminated */
    struct counter counter;
    struct mono at;        /* of the last reading of a rate */
};

struct cell_column {
    struct snmp_oid root;  /* of a scalar: all of it */
    bool scalar, fixed, rate;
    uint32_t first, count; /* its cells, once settled */
};

struct cell_table {
    struct arena *arena;
    struct cell_column *columns;
    size_t column_count;
    struct cell *cells;
    size_t count, capacity;
    size_t left_out;
    bool settled;
};

struct cell_table *cell_table_create(void);
void cell_table_destroy(struct cell_table *t); /* NULL is fine */

/* The number of a column, made when it is new; -1: full or no memory. A column is fixed only when
 * everybody wants it so; a rate is a column of its own. scalar: oid is that of the instance. */
int cell_table_column(struct cell_table *t, struct snmp_oid_view oid, bool scalar, bool fixed, bool rate);
/* While walking, of a column. False: no memory. */
bool cell_table_add(struct cell_table *t, unsigned column, struct snmp_oid_view index,
                    const struct snmp_value *v, struct mono at);
/* After the last column: gives each scalar its place, sorts, takes counters over from the table before
 * (NULL: none). False: no memory. */
bool cell_table_settle(struct cell_table *t, const struct cell_table *before);
/* After the scalars were asked: what the agent does not have is not asked again. */
void cell_table_refuse_absent(struct cell_table *t);

const struct cell *cell_table_find(const struct cell_table *t, unsigned column, struct snmp_oid_view index);
/* A round begins: what is asked each round is not known until it was answered. */
void cell_table_begin_round(struct cell_table *t);
void cell_take(struct cell_table *t, struct cell *c, const struct snmp_value *v, struct mono at);
struct expression_value cell_value(const struct cell *c); /* c NULL: none */

/* One request for cells by name. */
struct cell_part {
    uint32_t end;                   /* where the next part begins */
    uint16_t cells[CELL_PART_MAX];
    uint16_t count;
};

enum cell_choice { CELLS_OF_A_ROUND, CELLS_SCALAR /* all scalars, also fixed ones */ };

/* Chooses up to `most` cells from `from` on. count 0: none left. */
void cell_part_choose(const struct cell_table *t, enum cell_choice choice, uint32_t from, unsigned most,
                      struct cell_part *out);
bool cell_part_write(const struct cell_part *p, const struct cell_table *t, const struct snmp_agent *a,
                     void *buffer, size_t capacity, struct snmp_written *out);

enum cell_fate {
    CELLS_TAKEN,
    CELLS_SMALLER, /* tooBig: ask fewer */
    CELLS_LESS,    /* the agent stumbled over one, which is not asked any more: ask again */
    CELLS_WRONG    /* not an answer to this question */
};
enum cell_fate cell_part_read(const struct cell_part *p, struct cell_table *t, const struct snmp_pdu *pdu,
                              struct mono at);

#endif
