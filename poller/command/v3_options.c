#include "poller/command/v3_options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define AUTH_VARIABLE "HAYLOFT_AUTH_PASSWORD"
#define PRIV_VARIABLE "HAYLOFT_PRIV_PASSWORD"

static char *line_of(FILE *f)
{
    char *line = NULL;
    size_t capacity = 0;
    ssize_t len = getline(&line, &capacity, f);
    while (len > 0 && (line[len - 1] == '\n' || line[len - 1] == '\r'))
        line[--len] = '\0';
    if (len > 0)
        return line;
    free(line);
    return NULL;
}

/* The first line is the password for authentication, the second the one for privacy. */
static bool read_passwords(const struct invocation *v, const char *path, struct snmp_options *o)
{
    struct stat st = {0};
    FILE *f = fopen(path, "re");
    bool plain = f && fstat(fileno(f), &st) == 0 && S_ISREG(st.st_mode);
    bool safe = plain && !(st.st_mode & 0027);
    if (!f)
        command_fail(v, "cannot read %s: %s", path, strerror(errno));
    else if (!plain)
        command_fail(v, "cannot read %s: it is no plain file", path);
    else if (!safe)
        command_fail(v, "%s may be read or changed by others (mode %04o): chmod 600 it", path,
                     (unsigned)(st.st_mode & 07777));
    if (safe) {
        o->auth_password = line_of(f);
        o->priv_password = line_of(f);
    }
    if (f)
        fclose(f);
    return safe;
}

static bool word_of(struct invocation *v, const char *option, const char *const *words, int *out)
{
    const char *word = command_option(v, option);
    int index = word ? field_word_index(words, word) : *out;
    char known[128] = "";
    if (index >= 0) {
        *out = index;
        return true;
    }
    for (size_t i = 0; words[i]; i++)
        snprintf(known + strlen(known), sizeof known - strlen(known), " %s", words[i]);
    command_fail(v, "%s %s: expected one of%s", option, word, known);
    return false;
}

static bool take_words(struct invocation *v, struct snmp_options *o)
{
    int level = -1, auth = SNMP_SHA256, priv = SNMP_AES128;
    const char *given = command_option(v, "--level");
    if (given && (level = field_word_index(snmp_level_words, given)) < 0) {
        command_fail(v, "--level %s: expected noAuthNoPriv, authNoPriv or authPriv", given);
        return false;
    }
    if (!word_of(v, "--auth", snmp_auth_words, &auth) ||
        !word_of(v, "--priv", snmp_priv_words, &priv))
        return false;
    o->level = (enum snmp_option_level)(level + OPTION_NO_AUTH);
    o->auth = (enum snmp_auth)auth;
    o->priv = (enum snmp_priv)priv;
    return true;
}

static char *from_environment(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? strdup(value) : NULL;
}

static bool take_passwords(struct invocation *v, struct snmp_options *o)
{
    const char *path = command_option(v, "--passwords");
    if (path)
        return read_passwords(v, path, o);
    o->auth_password = from_environment(AUTH_VARIABLE);
    o->priv_password = from_environment(PRIV_VARIABLE);
    return true;
}

struct checking {
    const struct invocation *invocation;
    bool wrong;
};

static void complain(void *ctx, const char *member, const char *text)
{
    struct checking *c = ctx;
    command_fail(c->invocation, "%s: %s", member, text);
    c->wrong = true;
}

static bool fits_together(const struct invocation *v, const struct snmp_options *o)
{
    struct checking c = {v, false};
    snmp_collector.options->check(o, complain, &c);
    return !c.wrong;
}

static bool refuse_argument(struct invocation *v)
{
    static const char *const never[] = {"--auth-password", "--priv-password"};
    for (size_t i = 0; i < sizeof never / sizeof never[0]; i++)
        if (command_option(v, never[i])) {
            command_fail(v,
                         "%s: arguments are for everybody to see; give passwords by " AUTH_VARIABLE
                         " and " PRIV_VARIABLE " or --passwords FILE",
                         never[i]);
            return true;
        }
    return false;
}

bool v3_options_take(struct invocation *v, struct snmp_options *o)
{
    char *user = (char *)(uintptr_t)command_option(v, "--v3");
    if (refuse_argument(v))
        return false;
    if (!user)
        return true;
    o->version = OPTION_V3;
    o->user = user;
    o->context = (char *)(uintptr_t)command_option(v, "--context");
    return take_words(v, o) && take_passwords(v, o) && fits_together(v, o);
}

void v3_options_forget(struct snmp_options *o)
{
    char *secrets[] = {o->auth_password, o->priv_password};
    for (size_t i = 0; i < 2; i++)
        if (secrets[i]) {
            explicit_bzero(secrets[i], strlen(secrets[i]));
            free(secrets[i]);
        }
    o->auth_password = o->priv_password = NULL;
}
