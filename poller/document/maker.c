#include "poller/document/maker.h"

#include <stdlib.h>
#include <string.h>

#include "poller/base/buf.h"

#define LINE_MAX_BYTES 512
#define MAKERS_MAX 200000 /* the table had 35,000 in 2023 */

static const char *const tables[] = {"/var/lib/ieee-data/oui.txt", "/usr/share/ieee-data/oui.txt"};

struct maker {
    uint32_t prefix;
    uint32_t name; /* where in names */
};

struct makers {
    FILE *table; /* NULL once it was read */
    struct maker *all;
    size_t count, capacity;
    struct buf names; /* each with its NUL */
};

struct makers *makers_over(FILE *table)
{
    struct makers *m = table ? calloc(1, sizeof *m) : NULL;
    if (m)
        m->table = table;
    else if (table)
        fclose(table);
    return m;
}

struct makers *makers_open(void)
{
    FILE *f = NULL;
    for (size_t i = 0; !f && i < sizeof tables / sizeof tables[0]; i++)
        f = fopen(tables[i], "re");
    return makers_over(f);
}

void makers_close(struct makers *m)
{
    if (!m)
        return;
    if (m->table)
        fclose(m->table);
    buf_fini(&m->names);
    free(m->all);
    free(m);
}

bool maker_line(const char *line, uint8_t prefix[static 3], char maker[static MAKER_MAX])
{
    unsigned a, b, c;
    int at = 0;
    if (sscanf(line, "%2x-%2x-%2x (hex) %n", &a, &b, &c, &at) != 3 || at == 0)
        return false;
    prefix[0] = (uint8_t)a;
    prefix[1] = (uint8_t)b;
    prefix[2] = (uint8_t)c;
    snprintf(maker, MAKER_MAX, "%.*s", (int)strcspn(line + at, "\r\n"), line + at);
    return maker[0] != '\0';
}

static uint32_t number_of(const uint8_t prefix[static 3])
{
    return (uint32_t)prefix[0] << 16 | (uint32_t)prefix[1] << 8 | prefix[2];
}

static bool add(struct makers *m, const uint8_t prefix[static 3], const char *name)
{
    if (m->count == m->capacity) {
        size_t capacity = m->capacity ? 2 * m->capacity : 4096;
        struct maker *all = reallocarray(m->all, capacity, sizeof *all);
        if (!all)
            return false;
        m->all = all;
        m->capacity = capacity;
    }
    m->all[m->count++] = (struct maker){number_of(prefix), (uint32_t)m->names.len};
    buf_put(&m->names, name, strlen(name) + 1);
    return !m->names.failed;
}

static int compare(const void *a, const void *b)
{
    const struct maker *x = a, *y = b;
    return x->prefix < y->prefix ? -1 : x->prefix > y->prefix;
}

static void read_table(struct makers *m)
{
    char line[LINE_MAX_BYTES], name[MAKER_MAX];
    uint8_t prefix[3];
    bool room = true;
    while (room && m->count < MAKERS_MAX && fgets(line, sizeof line, m->table))
        if (maker_line(line, prefix, name))
            room = add(m, prefix, name);
    fclose(m->table);
    m->table = NULL;
    if (m->names.failed)
        m->count = 0;
    if (m->count)
        qsort(m->all, m->count, sizeof *m->all, compare);
}

bool mac_is_made_up(const struct mac *mac)
{
    return mac->bytes[0] & 2;
}

const char *makers_find(struct makers *m, const struct mac *mac)
{
    if (!m || !mac_is_set(mac) || mac_is_made_up(mac))
        return "";
    if (m->table)
        read_table(m);
    struct maker wanted = {.prefix = number_of(mac->bytes)};
    const struct maker *found =
        m->count ? bsearch(&wanted, m->all, m->count, sizeof wanted, compare) : NULL;
    return found ? m->names.data + found->name : "";
}
