/* hayloft: what every sub-command gets and answers. Documents go to stdout, everything else to stderr. */
#ifndef HAYLOFT_COMMAND_COMMAND_H
#define HAYLOFT_COMMAND_COMMAND_H

#include <stdbool.h>

#include <cjson/cJSON.h>

#include "poller/document/engine_client.h"
#include "poller/document/ledger.h"

/* As monitoring plugins have them. */
enum command_exit { EXIT_OK, EXIT_DEGRADED, EXIT_FAILING, EXIT_UNKNOWN };

struct invocation {
    const char *config;   /* path of the configuration file */
    bool json;
    const struct command *command;
    int argc;             /* what is left after the options everybody has */
    char **argv;          /* argv[0] is the command's own name */
};

struct command {
    const char *name, *arguments, *summary;
    int (*run)(struct invocation *v);
    bool own_options;     /* --json is left for it to read */
};

extern const struct command commands[]; /* ends with a NULL name */

/* "hayloft node: ..." to stderr. Returns EXIT_UNKNOWN, for `return`. */
int command_fail(const struct invocation *v, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
int command_usage(const struct invocation *v); /* how it is called, to stderr; EXIT_UNKNOWN */
/* Takes `--name` out of the arguments. */
bool command_flag(struct invocation *v, const char *name);
/* Takes `--name VALUE` or `--name=VALUE` out; NULL when it is not there. */
const char *command_option(struct invocation *v, const char *name);

/* The folder of everything kept, by asking the configuration reader. NULL after a message. The text
 * lives until the program ends. */
const char *command_state_dir(const struct invocation *v);
/* NULL after a message when the daemon is not running. */
struct engine_client *command_engine(const struct invocation *v);
/* The whole view; NULL after a message. quiet: no message, for what also works without the daemon. */
struct snapshot *command_view(const struct invocation *v, bool quiet);
struct ledger *command_ledger(const struct invocation *v); /* NULL after a message */
void command_print_json(const cJSON *document);
int command_exit_of(enum verdict v);

#endif
