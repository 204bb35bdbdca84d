/* hayloft-config: the short-lived child that reads the configuration, so that no process that lives on
 * knows YAML. Under the parent it sends each role its slice on descriptor 3 and ends; for the command
 * line it says what is wrong, prints the whole with its defaults, names the state folder, or hands out the
 * profiles. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "collectors/collector.h"
#include "poller/base/frame.h"
#include "poller/base/log.h"
#include "poller/base/sandbox.h"
#include "poller/config/disk_need.h"
#include "poller/config/json_out.h"
#include "poller/config/print.h"
#include "poller/config/profiles_show.h"
#include "poller/model/http_profile.h"
#include "poller/config/read.h"
#include "poller/message/parent_any.h"

#define ARENA_MAX_BYTES (512u << 20) /* a thousand times what a house needs */
#define ANSWER_TEXT_MAX 60000        /* fits a frame with what stands around it */
#define SEND_PATIENCE_MS 10000
#define KINDS_MAX 64

enum mode { MODE_PARENT, MODE_CHECK, MODE_PRINT, MODE_STATE_DIR, MODE_PROFILES, MODE_LIST_PROFILES,
            MODE_PRINT_PROFILE };

struct request {
    enum mode mode;
    const char *path;
    const char *profile; /* MODE_PRINT_PROFILE */
    bool json;
};

/* Those that nodes have keys for. */
static struct check_kinds known_kinds(struct check_kind list[static KINDS_MAX])
{
    size_t count = 0;
    for (const struct collector *const *c = collectors; *c && count < KINDS_MAX; c++)
        if (!(*c)->by_engine)
            list[count++] = (struct check_kind){(*c)->name, collector_options((*c)->name),
                                                (*c)->interval_ns, (*c)->automatic};
    return (struct check_kinds){list, count, collector_options};
}

static int sealed_memory(const void *data, size_t len)
{
    int fd = memfd_create("slice", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    for (size_t done = 0; fd >= 0 && done < len;) {
        ssize_t n = write(fd, (const char *)data + done, len - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            close(fd);
            return -1;
        }
        done += (size_t)n;
    }
    if (fd >= 0 && fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static void send_message(uint16_t type, const struct record *record, const void *value, int fd)
{
    struct buf packed = {0};
    field_pack(record, value, NULL, &packed);
    enum frame_result r;
    while ((r = frame_send(PARENT_FD, type, packed.data, packed.len, fd)) == FRAME_AGAIN) {
        struct pollfd p = {.fd = PARENT_FD, .events = POLLOUT};
        if (poll(&p, 1, SEND_PATIENCE_MS) == 0)
            fatalx("the parent does not take the configuration");
    }
    buf_fini(&packed);
    if (r != FRAME_OK)
        fatalx("the parent is gone");
}

static bool uses_profiles(const struct config *c)
{
    for (size_t i = 0; i < c->nodes_count; i++)
        for (size_t k = 0; k < c->nodes[i].checks_count; k++) {
            const struct collector *kind = collector_find(c->nodes[i].checks[k].kind.kind);
            if (kind && kind->profiles)
                return true;
        }
    return false;
}

/* Behind the engine's slice: what its collectors go by. Nothing when no check asks for it. */
static void pack_profiles(const struct readout *r, struct buf *packed)
{
    static const struct profile_set none;
    field_pack(&profile_set_record, uses_profiles(&r->config) ? &r->profiles.set : &none, NULL, packed);
}

static bool send_slice(const struct readout *r, enum role role, struct arena *arena)
{
    struct config slice;
    struct buf packed = {0};
    struct cp_slice message = {role};
    if (!config_slice(&r->config, role, arena, &slice))
        return false;
    config_pack(&slice, collector_options, &packed);
    if (role == ROLE_ENGINE)
        pack_profiles(r, &packed);
    int fd = packed.failed ? -1 : sealed_memory(packed.data, packed.len);
    buf_fini(&packed);
    if (fd < 0)
        return false;
    send_message(CP_SLICE, &cp_slice_record, &message, fd);
    close(fd);
    return true;
}

/* Cut at a line when it would not fit a frame. */
static void shorten(struct buf *text)
{
    if (text->len <= ANSWER_TEXT_MAX)
        return;
    size_t len = ANSWER_TEXT_MAX;
    while (len > 0 && text->data[len - 1] != '\n')
        len--;
    text->data[len] = '\0';
    text->len = len;
    buf_text(text, "and more like these\n");
}

static int answer_parent(bool ok, const struct readout *r, struct arena *arena)
{
    struct buf text = {0};
    if (r->complaints)
        complaints_print(r->complaints, &text);
    for (int role = 0; ok && role < ROLE_COUNT; role++)
        if (role_built[role] && !send_slice(r, (enum role)role, arena)) {
            ok = false;
            buf_text(&text, "not enough memory for the configuration\n");
        }
    shorten(&text);
    struct cp_done done = {ok, text.len ? text.data : NULL, ok ? r->config.state_dir : NULL};
    send_message(CP_DONE, &cp_done_record, &done, -1);
    buf_fini(&text);
    return ok ? 0 : 1;
}

static void write_out(const struct buf *text)
{
    fputs(buf_string(text), stdout);
    fflush(stdout);
}

static void say_complaints(const struct readout *r)
{
    struct buf text = {0};
    if (r->complaints)
        complaints_print(r->complaints, &text);
    fputs(buf_string(&text), stderr);
    buf_fini(&text);
}

static void put_json_receivers(struct buf *out, const struct config *c)
{
    buf_text(out, "  \"receivers\": [");
    for (size_t i = 0; i < c->receivers_count; i++) {
        buf_text(out, i ? ", " : "");
        json_out_text(out, c->receivers[i].name);
    }
    buf_text(out, "],\n");
}

static void put_json_cards(struct buf *out, const struct config *c)
{
    const char *gap = "";
    buf_text(out, "  \"wifi_cards\": [");
    for (size_t i = 0; i < c->networks_count; i++) {
        if (!c->networks[i].wifi.interface)
            continue;
        buf_text(out, gap);
        json_out_text(out, c->networks[i].wifi.interface);
        gap = ", ";
    }
    buf_text(out, "],\n");
}

static void check_as_json(bool ok, const struct readout *r)
{
    struct disk_need need = disk_need(&r->config);
    struct buf out = {0};
    buf_text(&out, "{\n");
    json_out_complaints(&out, "errors", r->complaints, false);
    json_out_complaints(&out, "warnings", r->complaints, true);
    if (ok) {
        buf_printf(&out, "  \"nodes\": %zu,\n  \"state\": ", r->config.nodes_count);
        json_out_text(&out, r->config.state_dir);
        buf_text(&out, ",\n");
        put_json_receivers(&out, &r->config);
        put_json_cards(&out, &r->config);
        buf_printf(&out, "  \"disk\": {\"series_bytes\": %lld, \"port_bytes\": %lld, "
                         "\"snmp_nodes\": %zu, \"journal_bytes\": %lld},\n",
                   (long long)need.series_bytes, (long long)need.port_bytes, need.snmp_nodes,
                   (long long)need.journal_bytes);
    }
    buf_printf(&out, "  \"ok\": %s\n}\n", ok ? "true" : "false");
    write_out(&out);
    buf_fini(&out);
}

static void check_as_text(const char *path, bool ok, const struct readout *r)
{
    struct buf text = {0};
    say_complaints(r);
    if (ok) {
        struct disk_need need = disk_need(&r->config);
        buf_printf(&text, "%s: ok, %zu node%s\n", path, r->config.nodes_count,
                   r->config.nodes_count == 1 ? "" : "s");
        if (r->profiles.users)
            profiles_show(&r->profiles, &text);
        buf_text(&text, "disk: ");
        disk_need_print(&need, &text);
        buf_char(&text, '\n');
        write_out(&text);
    }
    buf_fini(&text);
}

static int print_whole(bool ok, const struct readout *r, const struct check_kinds *kinds)
{
    struct buf text = {0};
    say_complaints(r);
    if (ok)
        config_print(&r->config, kinds, r->secrets, &text);
    write_out(&text);
    buf_fini(&text);
    return ok ? 0 : 1;
}

static int write_packed(const struct readout *r)
{
    struct buf packed = {0};
    field_pack(&profile_set_record, &r->profiles.set, NULL, &packed);
    bool ok = !packed.failed && fwrite(packed.data, 1, packed.len, stdout) == packed.len && fflush(stdout) == 0;
    buf_fini(&packed);
    if (!ok)
        fputs("hayloft-config: the profiles could not be written\n", stderr);
    return ok ? 0 : 1;
}

static int print_profile(const struct readout *r, const char *name)
{
    const struct profile *p = profile_find(&r->profiles.set, name);
    const struct http_profile *h = profile_find_http(&r->profiles.set, name);
    struct buf text = {0};
    struct nearest near = nearest_to(name);
    for (size_t i = 0; i < r->profiles.set.profiles_count; i++)
        nearest_offer(&near, r->profiles.set.profiles[i].name);
    for (size_t i = 0; i < r->profiles.set.http_profiles_count; i++)
        nearest_offer(&near, r->profiles.set.http_profiles[i].name);
    if (!p && !h) {
        fprintf(stderr, "no profile is called '%s'" NEAREST_FORMAT "\n", name, NEAREST_ARGS(near));
        return 1;
    }
    if (p)
        print_as_written(&profile_record, p, &text);
    else
        print_as_written(&http_profile_record, h, &text);
    write_out(&text);
    buf_fini(&text);
    return 0;
}

/* Profiles stand for themselves: no configuration is needed, only the folder beside where it would be. */
static int serve_profiles(const struct request *q, struct arena *arena)
{
    struct readout r;
    bool ok = config_read_profiles(config_profiles_folder(q->path, arena), arena, &r);
    if (q->mode == MODE_LIST_PROFILES && q->json) {
        struct buf document = {0};
        profiles_show_json(ok, &r.profiles, r.complaints, &document);
        write_out(&document);
        buf_fini(&document);
        return ok ? 0 : 1;
    }
    say_complaints(&r);
    if (!ok)
        return 1;
    if (q->mode == MODE_PROFILES)
        return write_packed(&r);
    if (q->mode == MODE_PRINT_PROFILE)
        return print_profile(&r, q->profile);
    struct buf text = {0};
    profiles_show(&r.profiles, &text);
    write_out(&text);
    buf_fini(&text);
    return 0;
}

static int print_state_dir(const char *path, struct arena *arena)
{
    struct complaints *c = complaints_create(arena);
    const char *folder = c ? config_read_state_dir(path, arena, c) : NULL;
    struct buf text = {0};
    if (folder)
        puts(folder);
    else if (c)
        complaints_print(c, &text);
    fputs(buf_string(&text), stderr);
    buf_fini(&text);
    return folder ? 0 : 1;
}

static int serve(const struct request *q, struct arena *arena)
{
    struct check_kind list[KINDS_MAX];
    struct check_kinds kinds = known_kinds(list);
    struct readout r;
    if (q->mode == MODE_STATE_DIR)
        return print_state_dir(q->path, arena);
    if (q->mode >= MODE_PROFILES)
        return serve_profiles(q, arena);
    bool ok = config_read(q->path, &kinds, arena, &r);
    if (q->mode == MODE_PARENT)
        return answer_parent(ok, &r, arena);
    if (q->mode == MODE_PRINT)
        return print_whole(ok, &r, &kinds);
    if (q->json)
        check_as_json(ok, &r);
    else
        check_as_text(q->path, ok, &r);
    return ok ? 0 : 1;
}

static bool read_arguments(int argc, char **argv, struct request *q)
{
    *q = (struct request){MODE_PARENT, "/etc/hayloft/hayloft.yaml", NULL, false};
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--config") == 0 && i + 1 < argc)
            q->path = argv[++i];
        else if (strcmp(argv[i], "--check") == 0)
            q->mode = MODE_CHECK;
        else if (strcmp(argv[i], "--print") == 0)
            q->mode = MODE_PRINT;
        else if (strcmp(argv[i], "--state-dir") == 0)
            q->mode = MODE_STATE_DIR;
        else if (strcmp(argv[i], "--profiles") == 0)
            q->mode = MODE_PROFILES;
        else if (strcmp(argv[i], "--list-profiles") == 0)
            q->mode = MODE_LIST_PROFILES;
        else if (strcmp(argv[i], "--print-profile") == 0 && i + 1 < argc) {
            q->mode = MODE_PRINT_PROFILE;
            q->profile = argv[++i];
        } else if (strcmp(argv[i], "--json") == 0)
            q->json = true;
        else
            return false;
    }
    return true;
}

int main(int argc, char **argv)
{
    struct request request;
    log_init("config", LOG_LEVEL_INFO);
    if (!read_arguments(argc, argv, &request)) {
        fputs("usage: hayloft-config [--config FILE] [--check | --print | --state-dir | --profiles |\n"
              "                      --list-profiles | --print-profile NAME] [--json]\n"
              "Without a mode it answers hayloftd on descriptor 3.\n", stderr);
        return 2;
    }
    struct arena *arena = arena_create(ARENA_MAX_BYTES);
    if (!arena)
        fatalx("not enough memory");
    if (!sandbox_enter(SANDBOX_CONFIG, &(struct sandbox_paths){0}))
        fatalx("the fence around the configuration reader does not stand");
    int result = serve(&request, arena);
    arena_destroy(arena);
    return result;
}
