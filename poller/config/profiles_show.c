#include "poller/config/profiles_show.h"

#include <string.h>

#include "poller/config/json_out.h"
#include "poller/model/http_profile.h"

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

struct shown {
    const char *source, *name, *file, *vendor, *family;
    bool standard, unseen;
    size_t readings;
};

static void put_json_profile(struct buf *out, const struct profile_library *l, const struct shown *p)
{
    buf_text(out, "    {\"name\": ");
    json_out_text(out, p->name);
    buf_text(out, ", \"file\": ");
    json_out_text(out, p->file);
    buf_text(out, ", \"vendor\": ");
    json_out_text(out, p->vendor);
    buf_text(out, ", \"family\": ");
    json_out_text(out, p->family);
    buf_printf(out, ", \"source\": \"%s\", \"standard\": %s, \"unseen\": %s, \"readings\": %zu, "
               "\"replaces_ours\": %s}",
               p->source, p->standard ? "true" : "false", p->unseen ? "true" : "false", p->readings,
               is_replaced(l, p->name) ? "true" : "false");
}

static struct shown shown_at(const struct profile_set *set, size_t i)
{
    if (i < set->profiles_count) {
        const struct profile *p = &set->profiles[i];
        return (struct shown){"snmp",    p->name,     p->file,   p->vendor,
                              p->family, p->standard, p->unseen, p->readings_count};
    }
    const struct http_profile *p = &set->http_profiles[i - set->profiles_count];
    return (struct shown){"http", p->name, p->file, p->vendor, p->family, false, p->unseen, p->readings_count};
}

void profiles_show_json(bool ok, const struct profile_library *l, const struct complaints *c, struct buf *out)
{
    buf_text(out, "{\n");
    json_out_complaints(out, "errors", c, false);
    json_out_complaints(out, "warnings", c, true);
    buf_text(out, "  \"profiles\": [");
    for (size_t i = 0; i < l->set.profiles_count + l->set.http_profiles_count; i++) {
        struct shown shown = shown_at(&l->set, i);
        buf_text(out, i ? ",\n" : "\n");
        put_json_profile(out, l, &shown);
    }
    buf_printf(out, "],\n  \"meanings\": %zu,\n  \"ok\": %s\n}\n", l->set.meanings_count,
               ok ? "true" : "false");
}
