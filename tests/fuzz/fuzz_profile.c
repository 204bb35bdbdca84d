/* Arbitrary bytes as a profile of either kind: never a crash; what is taken prints back, reads again as the
 * same, and packs. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "poller/config/print.h"
#include "poller/config/profiles_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct meaning meanings[] = {{.name = "signal", .class_ = "rssi", .unit = "dBm"},
                                    {.name = "state", .class_ = "state"},
                                    {.name = "count", .class_ = "count"}};
static const struct profile_set set = {.meanings = meanings, .meanings_count = 3};

union any_profile {
    struct profile snmp;
    struct http_profile http;
};

static bool read_profile(const char *text, size_t len, bool http, struct arena *arena, union any_profile *p,
                         struct buf *said)
{
    struct complaints *c = complaints_create(arena);
    struct source *s = c ? arena_take(arena, sizeof *s) : NULL;
    if (!s)
        return false;
    *s = (struct source){"profile.yaml", text, len};
    struct binder b = {.arena = arena, .complaints = c, .secrets_file = "a profile"};
    if (http)
        http_profile_read(&b, &set, s, &p->http);
    else
        profile_read(&b, &set, s, &p->snmp);
    complaints_print(c, said);
    return complaints_errors(c) == 0;
}

static void print_and_read_again(const union any_profile *p, bool http)
{
    const struct record *r = http ? &http_profile_record : &profile_record;
    struct arena *arena = arena_create(0);
    union any_profile again, copy;
    struct buf text = {0}, said = {0};
    print_as_written(r, p, &text);
    assert(read_profile(buf_string(&text), text.len, http, arena, &again, &said));
    assert(field_equal(r, p, &again, NULL));
    assert(field_copy(r, p, NULL, arena, &copy));
    buf_fini(&text);
    buf_fini(&said);
    arena_destroy(arena);
}

static void read_as(const char *text, size_t size, bool http)
{
    struct arena *arena = arena_create(64u << 20);
    struct buf said = {0};
    union any_profile p;
    bool ok = read_profile(text, size, http, arena, &p, &said);
    assert(ok || said.len > 0);
    if (ok)
        print_and_read_again(&p, http);
    buf_fini(&said);
    arena_destroy(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    memcpy(text, data, size);
    text[size] = '\0';
    if (!memchr(text, 0, size)) { /* such files are refused before they get here */
        read_as(text, size, false);
        read_as(text, size, true);
    }
    free(text);
    return 0;
}
