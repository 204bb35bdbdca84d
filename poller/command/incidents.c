#include <stdio.h>
#include <string.h>

#include "poller/base/json.h"
#include "poller/command/all.h"
#include "poller/command/command.h"
#include "poller/command/lines.h"

static void print_names(const char *what, const cJSON *list)
{
    const cJSON *name;
    struct buf names = {0};
    cJSON_ArrayForEach(name, list)
        buf_printf(&names, "%s%s", names.len ? ", " : "", cJSON_IsString(name) ? name->valuestring : "");
    put_pair(what, buf_string(&names));
    buf_fini(&names);
}

static enum colour colour_of(const cJSON *incident)
{
    return json_text(incident, "resolved") ? COLOUR_FAINT
           : json_text(incident, "acknowledged") ? COLOUR_POOR : COLOUR_BAD;
}

static void print_incident(const cJSON *i)
{
    char opened[64], resolved[64], lasted[64];
    const cJSON *cause = json_member(i, "cause");
    put_safely(json_text(cause, "sentence"), colour_of(i));
    putchar('\n');
    if (json_text(i, "resolved"))
        printf("  opened %s, resolved %s\n", moment_text(json_text(i, "opened"), opened, sizeof opened),
               moment_text(json_text(i, "resolved"), resolved, sizeof resolved));
    else
        printf("  open since %s (%s)\n", moment_text(json_text(i, "opened"), opened, sizeof opened),
               since_text(json_text(i, "opened"), lasted, sizeof lasted));
    put_pair("first", json_text(i, "resolved") ? NULL : json_text(cause, "check_first"));
    print_names("affected", json_member(i, "affected"));
    put_pair("looked after", json_text(i, "acknowledged_by"));
    put_pair("id", json_text(i, "id"));
}

static void print_evidence(const cJSON *i)
{
    const cJSON *one;
    char when[64];
    cJSON_ArrayForEach(one, json_member(i, "evidence")) {
        fputs("  evidence     ", stdout);
        put_safely(json_text(one, "fact"), COLOUR_NONE);
        fputs(" (", stdout);
        put_safely(json_text(one, "source"), COLOUR_NONE);
        printf(", %s)\n", moment_text(json_text(one, "at"), when, sizeof when));
    }
    cJSON_ArrayForEach(one, json_member(i, "also_possible"))
        put_pair("or else", json_text(one, "sentence"));
    cJSON_ArrayForEach(one, json_member(i, "timeline")) {
        printf("  %-12s ", moment_text(json_text(one, "at"), when, sizeof when));
        put_safely(json_text(one, "text"), COLOUR_NONE);
        putchar('\n');
    }
    cJSON_ArrayForEach(one, json_member(i, "messages")) {
        const char *sent = json_text(one, "sent"), *error = json_text(one, "error");
        fputs("  message      ", stdout);
        put_safely(json_text(one, "kind"), COLOUR_NONE);
        fputs(" to ", stdout);
        put_safely(json_text(one, "receiver"), COLOUR_NONE);
        printf(sent ? ", sent %s\n" : ", not sent%.0s\n", moment_text(sent, when, sizeof when));
        put_pair("", error);
    }
}

static int show_all(struct invocation *v, struct ledger *l, bool all)
{
    cJSON *list = ledger_incidents(l, all ? LEDGER_ALL : LEDGER_OPEN, (struct wall){0}, LEDGER_ROWS_MAX);
    if (!list)
        return command_fail(v, "the database could not be asked");
    const cJSON *i;
    if (v->json)
        command_print_json(list);
    else if (!list->child)
        puts(all ? "No incident is on record." : "No open incident.");
    else
        cJSON_ArrayForEach(i, list) {
            print_incident(i);
            putchar('\n');
        }
    cJSON_Delete(list);
    return EXIT_OK;
}

static int show_one(struct invocation *v, struct ledger *l, const char *id)
{
    cJSON *i = ledger_incident(l, id);
    if (!i)
        return command_fail(v, "there is no incident '%s'", id);
    if (v->json) {
        command_print_json(i);
    } else {
        print_incident(i);
        print_evidence(i);
    }
    cJSON_Delete(i);
    return EXIT_OK;
}

int incidents_run(struct invocation *v)
{
    bool all = command_flag(v, "--all");
    if (v->argc > 2)
        return command_usage(v);
    struct ledger *l = command_ledger(v);
    if (!l)
        return EXIT_UNKNOWN;
    int status = v->argc == 2 ? show_one(v, l, v->argv[1]) : show_all(v, l, all);
    ledger_close(l);
    return status;
}
