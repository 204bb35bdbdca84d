#include "tests/support/replay_farm.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SUFFIX         ".snmprec"
#define LINE_MAX_BYTES 1024
#define BLANKS         " \t\r\n"

struct member {
    char *name, *community;
    struct in_addr address;
    struct snmprec *recording;
    bool borrowed; /* an earlier member has the same recording */
    struct replay_agent agent;
    struct agent_line line;
    double reboot_s;
    bool begun;
    struct mono began;
};

struct replay_farm {
    char *folder;
    struct member common; /* what words said; its agent has no recording */
    struct member **members;
    size_t count, capacity;
};

struct replay_farm *replay_farm_create(const char *folder)
{
    struct replay_farm *f = calloc(1, sizeof *f);
    if (!f)
        return NULL;
    f->folder = strdup(folder);
    replay_agent_init(&f->common.agent, NULL);
    if (f->folder)
        return f;
    free(f);
    return NULL;
}

static void member_destroy(struct member *m)
{
    if (!m->borrowed)
        snmprec_destroy(m->recording);
    free(m->name);
    free(m->community);
    free(m);
}

void replay_farm_destroy(struct replay_farm *f)
{
    if (!f)
        return;
    for (size_t i = f->count; i-- > 0;)
        member_destroy(f->members[i]);
    free(f->members);
    free(f->common.community);
    free(f->folder);
    free(f);
}

static bool fail(char *error, const char *what, const char *why)
{
    snprintf(error, FARM_ERROR_MAX, "%.180s: %.60s", what, why);
    return false;
}

static bool read_unsigned(const char *text, unsigned *out)
{
    char *end;
    unsigned long n = strtoul(text, &end, 10);
    *out = (unsigned)n;
    return *text >= '0' && *text <= '9' && !*end && n <= INT32_MAX;
}

static bool read_rate(struct replay_agent *a, const char *text)
{
    const char *colon = strchr(text, ':');
    char oid[SNMP_OID_TEXT_MAX], *end;
    if (!colon || (size_t)(colon - text) >= sizeof oid)
        return false;
    memcpy(oid, text, (size_t)(colon - text));
    oid[colon - text] = '\0';
    double rate = strtod(colon + 1, &end);
    return end > colon + 1 && !*end && rate >= 0 && replay_agent_rule(a, oid, rate);
}

static bool take_flag(struct member *m, const char *word)
{
    if (strcmp(word, "grow") == 0)
        m->agent.grows = true;
    else if (strcmp(word, "twice") == 0)
        m->line.twice = true;
    else if (strcmp(word, "one-at-a-time") == 0)
        m->line.one_at_a_time = true;
    else
        return false;
    return true;
}

static bool take_number(struct member *m, const char *key, unsigned n)
{
    if (strcmp(key, "first") == 0)
        m->agent.fault_first = n;
    else if (strcmp(key, "count") == 0)
        m->agent.fault_count = n;
    else if (strcmp(key, "largest") == 0)
        m->agent.largest = n;
    else if (strcmp(key, "reboot") == 0)
        m->reboot_s = n;
    else if (strcmp(key, "loss") == 0 && n <= 100)
        m->line.loss = n / 100.0;
    else if (strcmp(key, "delay") == 0)
        m->line.delay_ns = MILLISECONDS(n);
    else if (strcmp(key, "late") == 0)
        m->line.late_ns = MILLISECONDS(n);
    else if (strcmp(key, "late-every") == 0 && n)
        m->line.late_every = n;
    else
        return false;
    return true;
}

static bool take_text(struct member *m, const char *key, const char *text)
{
    if (strcmp(key, "fault") == 0)
        return fake_fault_of(text, &m->agent.fault);
    if (strcmp(key, "column") == 0)
        return snmp_oid_parse(text, &m->agent.fault_column);
    if (strcmp(key, "rate") == 0)
        return read_rate(&m->agent, text);
    if (strcmp(key, "community") != 0)
        return false;
    free(m->community);
    m->community = strdup(text);
    return m->community != NULL;
}

static bool member_word(struct member *m, const char *word, char *error)
{
    char key[32];
    unsigned n;
    const char *sign = strchr(word, '=');
    bool fine = false;
    if (!sign) {
        fine = take_flag(m, word);
    } else if ((size_t)(sign - word) < sizeof key) {
        memcpy(key, word, (size_t)(sign - word));
        key[sign - word] = '\0';
        fine =
            take_text(m, key, sign + 1) || (read_unsigned(sign + 1, &n) && take_number(m, key, n));
    }
    return fine || fail(error, word, "no such word, or not with this value");
}

bool replay_farm_word(struct replay_farm *f, const char *word, char error[static FARM_ERROR_MAX])
{
    return member_word(&f->common, word, error);
}

static struct member *find_name(const struct replay_farm *f, const char *name)
{
    for (size_t i = 0; i < f->count; i++)
        if (strcmp(f->members[i]->name, name) == 0)
            return f->members[i];
    return NULL;
}

static bool load(const struct replay_farm *f, struct member *m, char *error)
{
    char path[4096];
    const struct member *other = find_name(f, m->name);
    if (other) {
        m->recording = other->recording;
        m->borrowed = true;
        return true;
    }
    snprintf(path, sizeof path, "%s/%s" SUFFIX, f->folder, m->name);
    m->recording = snmprec_load(path);
    return m->recording || fail(error, path, strerror(errno));
}

static struct member *add(struct replay_farm *f, const char *name, char *error)
{
    struct member *m = malloc(sizeof *m);
    if (f->count == f->capacity) {
        size_t capacity = f->capacity ? f->capacity * 2 : 64;
        struct member **members = realloc(f->members, capacity * sizeof(struct member *));
        if (members) {
            f->members = members;
            f->capacity = capacity;
        }
    }
    if (!m || f->count == f->capacity) {
        free(m);
        fail(error, name, "no memory");
        return NULL;
    }
    *m = f->common;
    m->name = strdup(name);
    m->community = f->common.community ? strdup(f->common.community) : NULL;
    if (!m->name || !load(f, m, error)) {
        member_destroy(m);
        return NULL;
    }
    m->agent.recording = m->recording;
    f->members[f->count++] = m;
    return m;
}

static int is_recording(const struct dirent *e)
{
    size_t len = strlen(e->d_name), suffix = strlen(SUFFIX);
    return len > suffix && strcmp(e->d_name + len - suffix, SUFFIX) == 0;
}

typedef bool (*name_fn)(struct replay_farm *f, const char *name, void *arg, char *error);

static bool each_recording(struct replay_farm *f, name_fn fn, void *arg, char *error)
{
    struct dirent **found;
    int count = scandir(f->folder, &found, is_recording, alphasort);
    bool fine = true;
    if (count < 0)
        return fail(error, f->folder, strerror(errno));
    for (int i = 0; i < count; i++) {
        found[i]->d_name[strlen(found[i]->d_name) - strlen(SUFFIX)] = '\0';
        fine = fine && fn(f, found[i]->d_name, arg, error);
        free(found[i]);
    }
    free(found);
    return fine && (count || fail(error, f->folder, "no recording in it"));
}

static bool add_by_community(struct replay_farm *f, const char *name, void *arg, char *error)
{
    (void)arg;
    return add(f, name, error) != NULL;
}

bool replay_farm_by_community(struct replay_farm *f, char error[static FARM_ERROR_MAX])
{
    return each_recording(f, add_by_community, NULL, error);
}

static bool add_by_address(struct replay_farm *f, const char *name, void *arg, char *error)
{
    uint32_t *next = arg;
    struct member *m = add(f, name, error);
    if (!m)
        return false;
    m->address.s_addr = htonl((*next)++);
    return true;
}

bool replay_farm_by_address(struct replay_farm *f, const char *first,
                            char error[static FARM_ERROR_MAX])
{
    struct in_addr address;
    if (inet_pton(AF_INET, first, &address) != 1)
        return fail(error, first, "not an IPv4 address");
    uint32_t next = ntohl(address.s_addr);
    return each_recording(f, add_by_address, &next, error);
}

static bool take_line(struct replay_farm *f, char *line, char *error)
{
    char *rest = NULL, *comment = strchr(line, '#'), *word;
    struct in_addr address;
    if (comment)
        *comment = '\0';
    if (!(word = strtok_r(line, BLANKS, &rest)))
        return true;
    if (inet_pton(AF_INET, word, &address) != 1)
        return fail(error, word, "not an IPv4 address");
    if (!(word = strtok_r(NULL, BLANKS, &rest)))
        return fail(error, line, "no recording named behind the address");
    struct member *m = add(f, word, error);
    if (!m)
        return false;
    m->address = address;
    while ((word = strtok_r(NULL, BLANKS, &rest)))
        if (!member_word(m, word, error))
            return false;
    return true;
}

bool replay_farm_by_list(struct replay_farm *f, const char *path, char error[static FARM_ERROR_MAX])
{
    char line[LINE_MAX_BYTES], why[FARM_ERROR_MAX];
    FILE *list = fopen(path, "r");
    bool fine = true;
    if (!list)
        return fail(error, path, strerror(errno));
    for (unsigned number = 1; fine && fgets(line, sizeof line, list); number++)
        if (!take_line(f, line, why)) {
            snprintf(error, FARM_ERROR_MAX, "%.60s:%u: %.180s", path, number, why);
            fine = false;
        }
    fclose(list);
    return fine;
}

size_t replay_farm_count(const struct replay_farm *f)
{
    return f->count;
}

struct replay_farm_entry replay_farm_at(const struct replay_farm *f, size_t i)
{
    const struct member *m = f->members[i];
    return (struct replay_farm_entry){m->name, m->address, m->recording};
}

static bool is_text(struct snmp_oid_view community, const char *text)
{
    return strlen(text) == community.len && memcmp(community.bytes, text, community.len) == 0;
}

static struct member *member_asked(const struct replay_farm *f, struct in_addr asked,
                                   const uint8_t *request, size_t len)
{
    struct snmp_message m;
    if (!snmp_message_read(request, len, &m))
        return NULL;
    for (size_t i = 0; i < f->count; i++) {
        struct member *one = f->members[i];
        if (one->address.s_addr ? one->address.s_addr == asked.s_addr
                                : is_text(m.community, one->name))
            return one;
    }
    return NULL;
}

static double seconds(struct mono at)
{
    return (double)at.ns / 1e9;
}

static void keep_time(struct member *m, struct mono now)
{
    if (!m->begun) {
        m->begun = true;
        m->began = now;
        m->agent.began_s = seconds(now);
    }
    struct mono reboot = mono_after(m->began, (int64_t)(m->reboot_s * 1e9));
    if (m->reboot_s > 0 && !mono_before(now, reboot)) {
        replay_agent_reboot(&m->agent, seconds(reboot));
        m->reboot_s = 0;
    }
}

size_t replay_farm_answer(void *ctx, struct in_addr asked, struct mono now, const uint8_t *request,
                          size_t len, uint8_t *out, struct agent_line **line)
{
    struct member *m = member_asked(ctx, asked, request, len);
    if (!m)
        return 0;
    keep_time(m, now);
    bool named = m->address.s_addr != 0;
    m->agent.community = named ? m->community : NULL;
    m->agent.name = named ? m->name : NULL;
    *line = &m->line;
    return replay_agent_answer(&m->agent, seconds(now), request, len, out);
}
