/* The kernel twin of the door to Wi-Fi networks: struct wifi over the channel to hayloft-wire, as a part of its link
 * (wire_link). Joins outlive the process that serves them: another one is told of them anew. */
#ifndef HAYLOFT_MESSAGE_WIRE_JOINS_H
#define HAYLOFT_MESSAGE_WIRE_JOINS_H

#include "poller/base/field.h"
#include "poller/base/wifi.h"
#include "poller/message/engine_wire.h"

struct wire_joins;

struct wire_joins_hooks {
    bool (*send)(void *ctx, uint16_t type, const struct record *record, const void *value); /* false: nobody serves */
    void (*want)(void *ctx); /* somebody shall */
};

struct wire_joins *wire_joins_create(const struct wire_joins_hooks *hooks, void *ctx); /* NULL: no memory */
void wire_joins_destroy(struct wire_joins *j); /* NULL is fine */
const struct wifi *wire_joins_door(const struct wire_joins *j);
size_t wire_joins_count(const struct wire_joins *j);

void wire_joins_take(struct wire_joins *j, const struct wire_wifi *m);
void wire_joins_begin_anew(struct wire_joins *j);  /* somebody serves, who knows of none yet */
void wire_joins_set_aside(struct wire_joins *j);   /* nobody does any more. Their users are told */

#endif
