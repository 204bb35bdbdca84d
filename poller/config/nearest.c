#include "poller/config/nearest.h"

#include <stdint.h>
#include <string.h>

#define WORD_MAX 64

struct nearest nearest_to(const char *word)
{
    return (struct nearest){word, NULL, SIZE_MAX};
}

static size_t least(size_t a, size_t b, size_t c)
{
    size_t m = a < b ? a : b;
    return m < c ? m : c;
}

/* Optimal string alignment: insert, remove, replace, or swap two neighbours, each costs one. */
static size_t distance(const char *a, const char *b)
{
    size_t rows[3][WORD_MAX + 1];
    size_t *before = rows[0], *above = rows[1], *row = rows[2];
    size_t la = strlen(a), lb = strlen(b);
    for (size_t j = 0; j <= lb; j++)
        above[j] = j;
    for (size_t i = 1; i <= la; i++) {
        row[0] = i;
        for (size_t j = 1; j <= lb; j++) {
            row[j] = least(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                before[j - 2] + 1 < row[j])
                row[j] = before[j - 2] + 1;
        }
        size_t *free_row = before;
        before = above;
        above = row;
        row = free_row;
    }
    return above[lb];
}

void nearest_offer(struct nearest *n, const char *candidate)
{
    if (!candidate || strlen(candidate) > WORD_MAX || strlen(n->word) > WORD_MAX)
        return;
    size_t d = distance(n->word, candidate);
    size_t longest = strlen(n->word) > strlen(candidate) ? strlen(n->word) : strlen(candidate);
    size_t allowed = longest <= 2 ? 0 : longest == 3 ? 1 : longest <= 6 ? 2 : longest / 3;
    if (d <= allowed && d < n->distance) {
        n->best = candidate;
        n->distance = d;
    }
}
