#include "poller/command/send_test.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "poller/base/json.h"
#include "poller/command/answer.h"
#include "poller/command/lines.h"
#include "poller/command/progress.h"

#define FATE_PATIENCE_NS SECONDS(30)
#define LOOK_EVERY_NS MILLISECONDS(250)
#define ANSWER_MAX_BYTES 65536

static double position_of(const cJSON *message)
{
    return message ? json_number(message, "position", 0) : 0;
}

static bool is_settled(const cJSON *message)
{
    const char *state = json_text(message, "state");
    return state && strcmp(state, "waiting") != 0;
}

/* The next try lies beyond our patience. */
static bool comes_too_late(const cJSON *message, struct wall until)
{
    const char *text = json_text(message, "next_try");
    struct wall next;
    return json_number(message, "attempts", 0) > 0 && text && wall_parse(text, &next) && next.ns > until.ns;
}

/* The test message that came after the one at `before`, once it is settled or waiting is of no use. */
static cJSON *await_fate(struct ledger *l, const char *receiver, double before)
{
    struct mono until = mono_after(clock_mono(), FATE_PATIENCE_NS);
    struct wall until_wall = wall_after(clock_wall(), FATE_PATIENCE_NS);
    for (;;) {
        cJSON *message = ledger_last_message(l, receiver, MESSAGE_TEST);
        bool ours = position_of(message) > before;
        bool late = !mono_before(clock_mono(), until);
        if (ours && (late || is_settled(message) || comes_too_late(message, until_wall)))
            return message;
        cJSON_Delete(message);
        if (late)
            return NULL;
        nanosleep(&(struct timespec){.tv_nsec = LOOK_EVERY_NS}, NULL);
    }
}

static void say(const char *state, const char *error)
{
    fputs(strcmp(state, "waiting") == 0 ? "still waiting; it is tried again" : state, stdout);
    if (error && *error) {
        fputs(": ", stdout);
        put_safely(error, COLOUR_NONE);
    }
    putchar('\n');
}

static int show(const struct invocation *v, const char *receiver, const cJSON *message)
{
    const char *state = message ? json_text(message, "state") : "waiting";
    const char *error = message ? json_text(message, "error") : "the store has not written it down yet";
    bool sent = strcmp(state, "sent") == 0, waiting = strcmp(state, "waiting") == 0;
    if (v->json) {
        cJSON *document = cJSON_CreateObject();
        json_put_bool(document, "ok", sent);
        json_put_text(document, "receiver", receiver);
        json_put_text(document, "state", state);
        json_put_number(document, "attempts", message ? json_number(message, "attempts", 0) : 0);
        json_put_text(document, "error", sent ? NULL : error);
        command_print_json(document);
        cJSON_Delete(document);
    } else {
        say(state, sent ? NULL : error);
    }
    return sent ? EXIT_OK : waiting ? EXIT_DEGRADED : EXIT_FAILING;
}

static int follow(const struct invocation *v, struct ledger *l, const char *receiver, double before)
{
    struct progress *p = progress_begin("waiting for what becomes of it");
    cJSON *message = await_fate(l, receiver, before);
    progress_end(p);
    int status = show(v, receiver, message);
    cJSON_Delete(message);
    return status;
}

int send_test(struct invocation *v, const char *receiver)
{
    struct ew_result result;
    int status = EXIT_UNKNOWN;
    struct engine_client *c = command_engine(v);
    struct ledger *l = c ? command_ledger(v) : NULL;
    struct arena *arena = arena_create(ANSWER_MAX_BYTES);
    if (l && arena) {
        cJSON *last = ledger_last_message(l, receiver, MESSAGE_TEST);
        double before = position_of(last);
        cJSON_Delete(last);
        bool answered = engine_client_command(c, WE_SEND_TEST, receiver, NULL, NULL, arena, &result);
        status = answered && result.ok ? follow(v, l, receiver, before)
                                       : answer_show(v, c, answered ? &result : NULL);
    }
    arena_destroy(arena);
    ledger_close(l);
    engine_client_close(c);
    return status;
}
