/* Arbitrary bytes as a profile: never a crash; what is taken prints back, reads again as the same, and packs. */
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

static bool read_profile(const char *text, size_t len, struct arena *arena, struct profile *p, struct buf *said)
{
    struct complaints *c = complaints_create(arena);
    struct source *s = c ? arena_take(arena, sizeof *s) : NULL;
    if (!s)
        return false;
    *s = (struct source){"profile.yaml", text, len};
    struct binder b = {.arena = arena, .complaints = c, .secrets_file = "a profile"};
    profile_read(&b, &set, s, p);
    complaints_print(c, said);
    return complaints_errors(c) == 0;
}

static void print_and_read_again(const struct profile *p)
{
    struct arena *arena = arena_create(0);
    struct profile again, copy;
    struct buf text = {0}, said = {0};
    print_as_written(&profile_record, p, &text);
    assert(read_profile(buf_string(&text), text.len, arena, &again, &said));
    assert(field_equal(&profile_record, p, &again, NULL));
    assert(field_copy(&profile_record, p, NULL, arena, &copy));
    buf_fini(&text);
    buf_fini(&said);
    arena_destroy(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_create(64u << 20);
    char *text = malloc(size + 1);
    struct buf said = {0};
    struct profile p;
    memcpy(text, data, size);
    text[size] = '\0';
    if (!memchr(text, 0, size)) { /* such files are refused before they get here */
        bool ok = read_profile(text, size, arena, &p, &said);
        assert(ok || said.len > 0);
        if (ok)
            print_and_read_again(&p);
    }
    buf_fini(&said);
    free(text);
    arena_destroy(arena);
    return 0;
}
