/* Arbitrary bytes as a configuration: never a crash, and what is taken prints back and reads again. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "tests/poller/config/memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void print_and_read_again(const struct readout *r)
{
    struct arena *arena = arena_create(0);
    struct readout again;
    struct buf text = {0};
    config_print(&r->config, &memory_kinds, r->secrets, &text);
    assert(memory_read(buf_string(&text), "pass: hidden\n", arena, &again));
    assert(field_equal(&config_record, &r->config, &again.config, memory_kinds.resolve));
    buf_fini(&text);
    arena_destroy(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_create(64u << 20);
    char *text = malloc(size + 1);
    struct buf said = {0};
    struct readout r;
    memcpy(text, data, size);
    text[size] = '\0'; /* files with a NUL inside are refused before they get here */
    bool ok = memory_read(text, "pass: hidden\n", arena, &r);
    if (r.complaints)
        complaints_print(r.complaints, &said);
    assert(ok || said.len > 0);
    if (ok)
        print_and_read_again(&r);
    buf_fini(&said);
    free(text);
    arena_destroy(arena);
    return 0;
}
