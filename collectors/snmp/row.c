#include "collectors/snmp/row.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "poller/model/label.h"

#define NUMBERS_MAX 128
#define MAC_NUMBERS 6

static size_t numbers_of(struct snmp_oid_view index, uint32_t numbers[static NUMBERS_MAX])
{
    size_t count = 0;
    while (count < NUMBERS_MAX && snmp_oid_take(&index, &numbers[count]))
        count++;
    return count;
}

/* Characters, with or without their number in front; what follows a text of that length is kept as
 * numbers, after a dot. */
static void write_characters(const uint32_t *numbers, size_t count, char *out, size_t size)
{
    char text[NUMBERS_MAX];
    size_t first = count > 1 && numbers[0] < count && numbers[0] > 0;
    size_t end = first ? 1 + numbers[0] : count, used = 0;
    for (size_t i = first; i < end; i++)
        text[used++] = (char)(numbers[i] < 256 ? numbers[i] : '?');
    port_text(text, used, size - 1, out);
    for (size_t i = end; i < count; i++) {
        size_t len = strlen(out);
        snprintf(out + len, size - len, ".%u", numbers[i]);
    }
}

/* The first six numbers that make a MAC, or the six behind their count. */
static bool write_mac(const uint32_t *numbers, size_t count, char *out, size_t size)
{
    size_t first = count > MAC_NUMBERS && numbers[0] == MAC_NUMBERS;
    if (count < first + MAC_NUMBERS)
        return false;
    const uint32_t *n = numbers + first;
    for (int i = 0; i < MAC_NUMBERS; i++)
        if (n[i] > 255)
            return false;
    snprintf(out, size, "%02x:%02x:%02x:%02x:%02x:%02x", n[0], n[1], n[2], n[3], n[4], n[5]);
    return true;
}

static void write_index(struct snmp_oid_view index, enum profile_index as, char *out, size_t size)
{
    char dotted[SNMP_OID_TEXT_MAX];
    uint32_t numbers[NUMBERS_MAX];
    size_t count = numbers_of(index, numbers);
    if (as == PROFILE_INDEX_TEXT)
        write_characters(numbers, count, out, size);
    else if (as != PROFILE_INDEX_MAC || !write_mac(numbers, count, out, size))
        snprintf(out, size, "%.*s", (int)size - 1, snmp_oid_index_text(index, dotted));
}

void row_init(struct row *r, const struct profile_reading *reading, struct snmp_oid_view index)
{
    memset(r->groups, 0, sizeof r->groups);
    r->reading = reading;
    r->index = index;
    write_index(index, reading->index, r->index_text, sizeof r->index_text);
}

static const char *port_name(const struct row *r)
{
    uint32_t numbers[NUMBERS_MAX];
    size_t count = numbers_of(r->index, numbers);
    for (size_t i = 0; r->ports && count && i < r->ports->count; i++)
        if (r->ports->ports[i].index == numbers[count - 1])
            return r->ports->ports[i].name;
    return r->index_text;
}

static size_t put(const void *text, size_t len, char *out, size_t size)
{
    if (len) /* an empty text may be nowhere */
        memcpy(out, text, len < size ? len : size);
    return len;
}

static size_t put_value(const struct expression_value *v, char *out, size_t size)
{
    char text[32];
    if (v->has_text)
        return put(v->text, v->len, out, size);
    if (!v->has_number || isnan(v->number))
        return 0;
    return put(text, (size_t)snprintf(text, sizeof text, "%.15g", v->number), out, size);
}

static size_t put_group(const struct row *r, int group, char *out, size_t size)
{
    const struct pattern_span *g = &r->groups[group];
    return g->found ? put(r->index_text + g->from, g->to - g->from, out, size) : 0;
}

static bool is(const char *name, size_t len, const char *word)
{
    return strlen(word) == len && memcmp(name, word, len) == 0;
}

/* As agents tell it: six octets, or a text. */
static bool read_mac(const struct expression_value *v, struct mac *out)
{
    char text[MAC_TEXT_MAX];
    if (v->has_text && v->len == sizeof out->bytes) {
        memcpy(out->bytes, v->text, sizeof out->bytes);
        return true;
    }
    if (!v->has_text || v->len >= sizeof text)
        return false;
    memcpy(text, v->text, v->len);
    text[v->len] = '\0';
    return mac_parse(text, out);
}

static size_t put_mac_of_column(const struct row *r, char *out, size_t size)
{
    char text[MAC_TEXT_MAX];
    struct mac mac;
    for (size_t i = 0; i < r->reading->with_count; i++)
        if (strcmp(r->reading->with[i].name, r->reading->whose) == 0 && read_mac(&r->values[1 + i], &mac))
            return put(mac_text(&mac, text), strlen(mac_text(&mac, text)), out, size);
    return 0;
}

static size_t put_mac_of_index(const struct row *r, char *out, size_t size)
{
    char mac[ROW_INDEX_MAX];
    write_index(r->index, PROFILE_INDEX_MAC, mac, sizeof mac);
    return put(mac, strlen(mac), out, size);
}

/* A label_value_fn. */
static size_t value_of(void *ctx, const char *name, size_t len, char *out, size_t size)
{
    const struct row *r = ctx;
    if (is(name, len, "index"))
        return put(r->index_text, strlen(r->index_text), out, size);
    if (is(name, len, "mac"))
        return r->reading->whose ? put_mac_of_column(r, out, size) : put_mac_of_index(r, out, size);
    if (is(name, len, "port"))
        return put(port_name(r), strlen(port_name(r)), out, size);
    if (len == 1 && *name >= '1' && *name <= '9')
        return put_group(r, *name - '0', out, size);
    if (is(name, len, "x"))
        return put_value(&r->values[0], out, size);
    for (size_t i = 0; i < r->reading->with_count; i++)
        if (is(name, len, r->reading->with[i].name))
            return put_value(&r->values[1 + i], out, size);
    return 0;
}

char *row_label(const struct row *r, const char *template, char *out, size_t size)
{
    char raw[LABEL_MAX_BYTES];
    if (!template || !label_write(template, value_of, (void *)(uintptr_t)r, raw, sizeof raw))
        raw[0] = '\0';
    return port_text(raw, strlen(raw), size - 1, out);
}
