#include "poller/config/profiles_show.h"

#include <string.h>

#include "poller/config/json_out.h"

/* "60 profiles of /usr/share/hayloft/profiles, 2 of /etc/hayloft/profiles; airos is the user's" */
void profiles_show(const struct profile_library *l, struct buf *out)
{
    buf_printf(out, "profiles: %zu of %s", l->own, l->own_folder);
    if (l->users)
        buf_printf(out, ", %zu of %s", l->users, l->users_folder);
    buf_printf(out, "; %zu meanings\n", l->set.meanings_count);
    for (size_t i = 0; i < l->replaced_count; i++)
        buf_printf(out, "%s: %s/%s.yaml stands in for ours\n", l->replaced[i], l->users_folder, l->replaced[i]);
}

static bool is_replaced(const struct profile_library *l, const char *name)
{
    for (size_t i = 0; i < l->replaced_count; i++)
        if (strcmp(l->replaced[i], name) == 0)
            return true;
    return false;
}

static void put_json_profile(struct buf *out, const struct profile_library *l, const struct profile *p)
{
    buf_text(out, "    {\"name\": ");
    json_out_text(out, p->name);
    buf_text(out, ", \"file\": ");
    json_out_text(out, p->file);
    buf_text(out, ", \"vendor\": ");
    json_out_text(out, p->vendor);
    buf_text(out, ", \"family\": ");
    json_out_text(out, p->family);
    buf_printf(out, ", \"standard\": %s, \"unseen\": %s, \"readings\": %zu, \"replaces_ours\": %s}",
               p->standard ? "true" : "false", p->unseen ? "true" : "false", p->readings_count,
               is_replaced(l, p->name) ? "true" : "false");
}

void profiles_show_json(bool ok, const struct profile_library *l, const struct complaints *c, struct buf *out)
{
    buf_text(out, "{\n");
    json_out_complaints(out, "errors", c, false);
    json_out_complaints(out, "warnings", c, true);
    buf_text(out, "  \"profiles\": [");
    for (size_t i = 0; i < l->set.profiles_count; i++) {
        buf_text(out, i ? ",\n" : "\n");
        put_json_profile(out, l, &l->set.profiles[i]);
    }
    buf_printf(out, "],\n  \"meanings\": %zu,\n  \"ok\": %s\n}\n", l->set.meanings_count,
               ok ? "true" : "false");
}
