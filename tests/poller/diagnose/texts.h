/* The English sentences for tests of rules. */
#ifndef HAYLOFT_TESTS_POLLER_DIAGNOSE_TEXTS_H
#define HAYLOFT_TESTS_POLLER_DIAGNOSE_TEXTS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "poller/config/config.h"

/* The texts as a configuration carries them: read here line by line, "key: "text"". */
static inline struct config load_texts(const char *path, struct arena *a)
{
    static struct config_text rows[512];
    struct config c = {.texts = rows};
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    char line[1024];
    while (fgets(line, sizeof line, file)) {
        char *colon = strstr(line, ": \""), *end = strrchr(line, '"');
        if (*line == '#' || !colon || end <= colon + 2)
            continue;
        assert_true(c.texts_count < sizeof rows / sizeof *rows);
        rows[c.texts_count++] = (struct config_text){
            arena_text(a, line, (size_t)(colon - line)),
            arena_text(a, colon + 3, (size_t)(end - colon - 3))};
    }
    fclose(file);
    return c;
}

#endif
