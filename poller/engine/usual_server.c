#include "poller/engine/usual_server.h"

#include <stdio.h>
#include <string.h>

#define KEPT_PREFIX "server/" /* then NETWORK/KIND/LABEL, as the check is called */
#define KEPT_KEY_MAX 256

static void key_of(const struct check *c, char out[static KEPT_KEY_MAX])
{
    snprintf(out, KEPT_KEY_MAX, KEPT_PREFIX "%s/%s/%s", c->node->name, c->kind, c->label);
}

void usual_server_keep(struct engine *e, const struct check *c)
{
    char key[KEPT_KEY_MAX], mac[MAC_TEXT_MAX];
    key_of(c, key);
    char *kept_key = outputs_text(e->out, key);
    char *kept_value = outputs_text(e->out, mac_text(&c->guest->usual, mac));
    struct output *o = outputs_add(e->out, OUTPUT_KEEP);
    o->keep.key = kept_key;
    o->keep.value = kept_value;
}

void usual_server_restore(struct engine *e, const struct kept_item *kept)
{
    char key[KEPT_KEY_MAX];
    struct mac mac;
    if (!kept->key || !kept->value || strncmp(kept->key, KEPT_PREFIX, strlen(KEPT_PREFIX)) != 0 ||
        !mac_parse(kept->value, &mac))
        return;
    for (size_t i = 0; i < e->check_slots; i++) {
        struct check *c = e->checks[i];
        if (!c || !c->guest || mac_is_set(&c->guest->usual))
            continue;
        key_of(c, key);
        if (strcmp(key, kept->key) == 0)
            c->guest->usual = mac;
    }
}
