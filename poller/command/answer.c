#include "poller/command/answer.h"

#include <stdio.h>
#include <string.h>

#include "poller/base/json.h"
#include "poller/command/lines.h"
#include "poller/command/progress.h"

#define ANSWER_MAX_BYTES (1u << 20)
#define COMMAND_PATIENCE_NS SECONDS(60)

/* Lines stay lines, but nothing in them is obeyed. */
static void print_lines(FILE *out, const char *text)
{
    struct buf line = {0};
    for (const char *p = text; *p;) {
        const char *end = strchr(p, '\n');
        size_t len = end ? (size_t)(end - p) : strlen(p);
        struct buf raw = {0};
        buf_put(&raw, p, len);
        buf_clear(&line);
        terminal_put(&line, buf_string(&raw));
        fprintf(out, "%s\n", buf_string(&line));
        buf_fini(&raw);
        p += len + (end != NULL);
    }
    buf_fini(&line);
}

int answer_show(const struct invocation *v, const struct engine_client *c, const struct ew_result *result)
{
    if (!result)
        return command_fail(v, "%s", engine_client_error(c));
    if (v->json) {
        cJSON *document = cJSON_CreateObject();
        json_put_bool(document, "ok", result->ok);
        json_put_text(document, "text", result->text);
        command_print_json(document);
        cJSON_Delete(document);
    } else if (result->text) {
        print_lines(result->ok ? stdout : stderr, result->text);
    }
    return result->ok ? EXIT_OK : EXIT_FAILING;
}

int answer_command(struct invocation *v, enum web_to_engine type, const char *name, const char *waiting)
{
    struct ew_result result;
    int status = EXIT_UNKNOWN;
    struct engine_client *c = command_engine(v);
    struct arena *arena = arena_create(ANSWER_MAX_BYTES);
    if (c && arena) {
        engine_client_extend(c, COMMAND_PATIENCE_NS);
        struct progress *p = progress_begin(waiting);
        bool answered = engine_client_command(c, type, name, NULL, NULL, arena, &result);
        progress_end(p);
        status = answer_show(v, c, answered ? &result : NULL);
    }
    arena_destroy(arena);
    engine_client_close(c);
    return status;
}
