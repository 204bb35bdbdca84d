#include "poller/config/yaml.h"

#include <string.h>

struct walk {
    const char *p;
    struct place at;
};

static void step(struct walk *w)
{
    if (*w->p == '\n') {
        w->at.line++;
        w->at.column = 1;
    } else if (((unsigned char)w->p[1] & 0xc0) != 0x80) {
        w->at.column++; /* the character ends here */
    }
    w->p++;
}

static void step_over(struct walk *w, size_t bytes)
{
    while (bytes-- && *w->p)
        step(w);
}

static struct walk walk_to(struct place at)
{
    const char *text = at.source->text;
    struct walk w = {text + (strncmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0), {at.source, 1, 1}};
    while (*w.p && (w.at.line < at.line || (w.at.line == at.line && w.at.column < at.column)))
        step(&w);
    return w;
}

/* Blanks around a line break become one blank, or as many breaks as there are empty lines. */
static size_t step_over_break(struct walk *w)
{
    size_t breaks = 0;
    for (; *w->p == ' ' || *w->p == '\t' || *w->p == '\r' || *w->p == '\n'; step(w))
        breaks += *w->p == '\n';
    return breaks > 1 ? breaks - 1 : 1;
}

static bool at_break(const char *p)
{
    p += strspn(p, " \t\r");
    return *p == '\n';
}

/* YAML 1.1 section 5.6: how long an escape is in the file, and the UTF-8 it stands for. */
static size_t escape(const char *p, size_t *written)
{
    static const char kinds[] = "xuU_NLP\n";
    static const struct {
        size_t written, text;
    } sizes[] = {{4, 1}, {6, 3}, {10, 4}, {2, 2}, {2, 2}, {2, 3}, {2, 3}, {2, 0}};
    const char *kind = p[1] ? strchr(kinds, p[1]) : NULL;
    *written = kind ? sizes[kind - kinds].written : 2;
    return kind ? sizes[kind - kinds].text : 1;
}

/* Past one piece of the scalar; how many bytes of its text that was. */
static size_t step_over_piece(struct walk *w, char quote)
{
    size_t written = 1, text = 1;
    if (at_break(w->p))
        return step_over_break(w);
    if (quote == '"' && *w->p == '\\')
        text = escape(w->p, &written);
    else if (quote == '\'' && w->p[0] == '\'' && w->p[1] == '\'')
        written = 2;
    step_over(w, written);
    return text;
}

struct place yaml_place_inside(const struct yaml *y, size_t offset)
{
    if (y->kind != YAML_TEXT || !y->at.source || y->at.line == 0)
        return y->at;
    struct walk w = walk_to(y->at);
    char quote = *w.p == '"' || *w.p == '\'' ? *w.p : '\0';
    if (strchr("|>!&", *w.p))
        return y->at;
    if (quote)
        step(&w);
    for (size_t done = 0; done < offset && *w.p;)
        done += step_over_piece(&w, quote);
    return w.at;
}
