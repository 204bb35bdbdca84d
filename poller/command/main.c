/* hayloft, the command line: finds the sub-command in one table and hands it what is left of the
 * arguments. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/base/json.h"
#include "poller/base/log.h"
#include "poller/command/all.h"
#include "poller/command/command.h"
#include "poller/command/spawn.h"

#define CONFIG_STANDARD "/etc/hayloft/hayloft.yaml"
#define ENGINE_PATIENCE_NS SECONDS(5)

const struct command commands[] = {
    {"status", "", "is everything well, in one line", status_run, false},
    {"nodes", "[--site SITE] [--state STATE]", "every node with its state", nodes_run, false},
    {"node", "NAME", "one node with its ports, values and neighbours", node_run, false},
    {"incidents", "[--all] [ID]", "what is wrong now, or was", incidents_run, false},
    {"ack", "ID [--by NAME]", "say that somebody looks after an incident", ack_run, false},
    {"probe", "NAME", "ask a node now", probe_run, false},
    {"inspect",
     "ADDRESS [--port N] [--community C] [--version auto|1|2c]\n"
     "       | ADDRESS [--port N] --v3 USER [--auth A] [--priv P] [--level L] [--context C] [--passwords FILE]",
     "ask any device by SNMP who it is and which ports it has", inspect_run, false},
    {"walk",
     "ADDRESS [OID ...] [--record FILE [--keep-texts]] [--objects N] [--time S] [--port N]\n"
     "         [--community C] [--version auto|1|2c]\n"
     "       | ADDRESS [OID ...] ... --v3 USER [--auth A] [--priv P] [--level L] [--context C] [--passwords FILE]",
     "everything a device tells by SNMP; as a file without names and addresses, for a report", walk_run, false},
    {"graph", "NODE OBJECT [--vantage NAME] [--from T] [--to T] [--loss] --out FILE", "a picture, .svg or .png",
     graph_run, false},
    {"report", "[--days N]", "the health report of the last day or days", report_run, false},
    {"check-config", "[--print | --profiles [PROFILE]]", "read the configuration and say what is wrong with it",
     check_config_run, false},
    {"reload", "", "adopt the changed configuration", reload_run, false},
    {"discover", "[--write FILE] [--state DIR] [--community TEXT]", "look around the own network",
     discover_run, false},
    {"doctor", "[--send-test RECEIVER]", "look for what keeps hayloft from working", doctor_run, false},
    {"backup", "FILE [--secrets]", "everything kept in one file, also while running", backup_run, false},
    {"restore", "FILE [--list]", "put a backup back; the daemon must be stopped", restore_run, false},
    {"user", "add NAME [--generate] | remove NAME | list", "who may log in to the pages", user_run, false},
    {"bench",
     "ping --targets FILE ...\n"
     "       | snmp --targets FILE [--port N] [--community C | --v3 USER ...] [--count ROUNDS]\n"
     "              [--timeout MS] [--retries N]",
     "what one sweep of echoes or polls costs", bench_run, true},
    {0},
};

static void print_usage(FILE *out)
{
    fputs("usage: hayloft [--config FILE] [--json] COMMAND ...\n\n", out);
    for (const struct command *c = commands; c->name; c++)
        fprintf(out, "  %-13s %s\n", c->name, c->summary);
    fputs("\nhayloft COMMAND --help shows its arguments; man hayloft tells all.\n", out);
}

int command_fail(const struct invocation *v, const char *format, ...)
{
    va_list args;
    fprintf(stderr, "hayloft %s: ", v->command->name);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    return EXIT_UNKNOWN;
}

int command_usage(const struct invocation *v)
{
    const char *arguments = v->command->arguments;
    fprintf(stderr, "usage: hayloft %s%s%s\n", v->command->name, *arguments ? " " : "", arguments);
    return EXIT_UNKNOWN;
}

static void remove_arguments(struct invocation *v, int at, int count)
{
    for (int i = at; i + count < v->argc; i++)
        v->argv[i] = v->argv[i + count];
    v->argc -= count;
}

bool command_flag(struct invocation *v, const char *name)
{
    for (int i = 1; i < v->argc && strcmp(v->argv[i], "--") != 0; i++)
        if (strcmp(v->argv[i], name) == 0) {
            remove_arguments(v, i, 1);
            return true;
        }
    return false;
}

const char *command_option(struct invocation *v, const char *name)
{
    size_t len = strlen(name);
    for (int i = 1; i < v->argc && strcmp(v->argv[i], "--") != 0; i++) {
        const char *argument = v->argv[i];
        if (strncmp(argument, name, len) == 0 && argument[len] == '=') {
            remove_arguments(v, i, 1);
            return argument + len + 1;
        }
        if (strcmp(argument, name) == 0 && i + 1 < v->argc) {
            const char *value = v->argv[i + 1];
            remove_arguments(v, i, 2);
            return value;
        }
    }
    return NULL;
}

const char *command_state_dir(const struct invocation *v)
{
    static struct buf folder;
    char *argv[] = {"hayloft-config", "--config", (char *)(uintptr_t)v->config, "--state-dir", NULL};
    if (folder.len)
        return folder.data;
    int status = spawn_own(argv, &folder);
    while (folder.len && folder.data[folder.len - 1] == '\n')
        folder.data[--folder.len] = '\0';
    if (status == 0 && folder.len)
        return folder.data;
    command_fail(v, "without its configuration (%s) hayloft does not know where to look", v->config);
    return NULL;
}

struct engine_client *command_engine(const struct invocation *v)
{
    char error[ENGINE_CLIENT_ERROR_MAX];
    const char *state = command_state_dir(v);
    struct engine_client *c = state ? engine_client_open(state, ENGINE_PATIENCE_NS, error) : NULL;
    if (state && !c)
        command_fail(v, "%s", error);
    return c;
}

struct snapshot *command_view(const struct invocation *v, bool quiet)
{
    char error[ENGINE_CLIENT_ERROR_MAX];
    const char *state = command_state_dir(v);
    struct engine_client *c = state ? engine_client_open(state, ENGINE_PATIENCE_NS, error) : NULL;
    struct snapshot *view = c ? snapshot_create() : NULL;
    if (view && !engine_client_snapshot(c, view)) {
        snprintf(error, sizeof error, "%s", engine_client_error(c));
        snapshot_destroy(view);
        view = NULL;
    }
    if (view)
        snapshot_follow_clock(view);
    else if (state && !quiet)
        command_fail(v, "%s", error);
    engine_client_close(c);
    return view;
}

struct ledger *command_ledger(const struct invocation *v)
{
    char error[LEDGER_ERROR_MAX];
    const char *state = command_state_dir(v);
    struct ledger *l = state ? ledger_open(state, error) : NULL;
    if (state && !l)
        command_fail(v, "%s", error);
    return l;
}

void command_print_json(const cJSON *document)
{
    struct buf text = {0};
    json_print(document, true, &text);
    puts(buf_string(&text));
    buf_fini(&text);
}

int command_exit_of(enum verdict v)
{
    switch (v) {
    case VERDICT_OK: return EXIT_OK;
    case VERDICT_DEGRADED: return EXIT_DEGRADED;
    case VERDICT_FAILING: return EXIT_FAILING;
    case VERDICT_UNKNOWN: break;
    }
    return EXIT_UNKNOWN;
}

static const struct command *find_command(const char *name)
{
    for (const struct command *c = commands; c->name; c++)
        if (strcmp(c->name, name) == 0)
            return c;
    return NULL;
}

/* --config and --json may stand anywhere; the first word that is no option names the command. */
static void take_common(struct invocation *v)
{
    const char *config;
    while ((config = command_option(v, "--config")))
        v->config = config;
    const struct command *c = v->argc > 1 ? find_command(v->argv[1]) : NULL;
    if (!c || !c->own_options)
        v->json = command_flag(v, "--json");
    else if (v->argc > 2 && strcmp(v->argv[1], "--json") == 0)
        v->json = command_flag(v, "--json");
}

int main(int argc, char **argv)
{
    static const struct command self = {.name = "", .arguments = "COMMAND ..."};
    struct invocation v = {.config = CONFIG_STANDARD, .command = &self, .argc = argc, .argv = argv};
    log_init("command", LOG_LEVEL_WARN);
    take_common(&v);
    if (v.argc < 2 || strcmp(v.argv[1], "--help") == 0 || strcmp(v.argv[1], "help") == 0) {
        print_usage(v.argc < 2 ? stderr : stdout);
        return v.argc < 2 ? EXIT_UNKNOWN : EXIT_OK;
    }
    if (strcmp(v.argv[1], "--version") == 0) {
        puts("hayloft " HAYLOFT_VERSION);
        return EXIT_OK;
    }
    v.command = find_command(v.argv[1]);
    if (!v.command) {
        fprintf(stderr, "hayloft: there is no command '%s'\n", v.argv[1]);
        print_usage(stderr);
        return EXIT_UNKNOWN;
    }
    v.argc--;
    v.argv++;
    if (!v.command->own_options && command_flag(&v, "--help")) {
        printf("usage: hayloft %s%s%s\n%s\n", v.command->name, *v.command->arguments ? " " : "",
               v.command->arguments, v.command->summary);
        return EXIT_OK;
    }
    return v.command->run(&v);
}
