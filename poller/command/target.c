#include "poller/command/target.h"

#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include "poller/command/v3_options.h"

static bool read_version(const char *word, enum snmp_option_version *out)
{
    static const char *const words[] = {"auto", "1", "2c"};
    for (int i = 0; i < 3; i++)
        if (strcmp(words[i], word) == 0) {
            *out = (enum snmp_option_version)i;
            return true;
        }
    return false;
}

/* 0, which is no port, when it is no number. */
static long read_port(const char *text)
{
    char *end;
    long port = strtol(text, &end, 10);
    return *end ? 0 : port;
}

bool target_take(struct invocation *v, struct target *t)
{
    const char *port = command_option(v, "--port"), *community = command_option(v, "--community"),
               *version = command_option(v, "--version");
    *t = (struct target){
        .options = {.community = (char *)(uintptr_t)(community ? community : "public"),
                    .port = port ? read_port(port) : SNMP_PORT,
                    .timeout_ns = SECONDS(1),
                    .retries = 2}};
    if (!v3_options_take(v, &t->options))
        return false;
    if (t->options.port >= 1 && t->options.port <= 65535 &&
        (!version || read_version(version, &t->options.version)))
        return true;
    command_usage(v);
    return false;
}

bool target_find(const struct invocation *v, const char *text, struct target *t)
{
    struct addrinfo *found = NULL, hints = {.ai_socktype = SOCK_DGRAM};
    uint16_t port;
    if (addr_parse(text, &t->address))
        return true;
    bool fine = getaddrinfo(text, NULL, &hints, &found) == 0 &&
                addr_from_sockaddr(found->ai_addr, &t->address, &port);
    if (found)
        freeaddrinfo(found);
    if (!fine)
        command_fail(v, "%s is no address, and no name that resolves", text);
    return fine;
}

void target_fini(struct target *t)
{
    v3_options_forget(&t->options);
}
