/* The variables of a UPS as a NUT server may tell them: lines "name: value". What becomes of them has its numbers
 * and its words, and no word is found within another. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/ups/ups_figures.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define VARIABLES_MAX 64

static size_t split(char *text, const char *names[static VARIABLES_MAX], const char *values[static VARIABLES_MAX])
{
    size_t count = 0;
    for (char *line; count < VARIABLES_MAX && (line = strsep(&text, "\n"));) {
        char *value = line, *name = strsep(&value, ":");
        names[count] = name;
        values[count++] = value ? value + strspn(value, " ") : "";
    }
    return count;
}

static bool is_a_word(const char *wanted, const char *status)
{
    char *copy = strdup(status), *rest = copy;
    bool found = false;
    for (char *word; (word = strsep(&rest, " "));)
        found = found || strcmp(word, wanted) == 0;
    free(copy);
    return found;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *names[VARIABLES_MAX], *values[VARIABLES_MAX];
    char *text = strndup((const char *)data, size);
    struct ups_answer a = {.names = names, .values = values, .count = split(text, names, values)};
    struct ups_figures figures;
    ups_figures_read(&a, NULL, "ups", &figures);
    assert(figures.count <= UPS_FIGURES_MAX);
    for (size_t i = 0; i < figures.count; i++) {
        const struct reading *r = &figures.items[i];
        assert(r->meaning && r->label && r->unit && r->source && strcmp(r->object, "ups") == 0);
        assert(isfinite(r->value));
    }
    const char *status = ups_variable(&a, "ups.status");
    assert(!status || ups_status_has(status, "OB") == is_a_word("OB", status));
    free(text);
    return 0;
}
