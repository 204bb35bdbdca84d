/* snmp-peer-v3: the same poll by net-snmp's own interface, version 3 with SHA-256 and AES-128: a session and a socket
 * per agent, opened once, asynchronous questions, epoll. Each agent is asked sysUpTime and the 15 columns that
 * hayloft asks of a port, by GETBULK continued from the last row, four rows a question (what an answer holds).
 *
 *   snmp-peer-v3 PORT COUNT PORTS_OF_EACH ROUNDS [WINDOW]
 *
 * Prints "CPU microseconds an agent, varbinds an agent, agents that failed" of the rounds, without the opening. */
#include <arpa/inet.h>
#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <net-snmp/library/large_fd_set.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>

#include "tests/bench/snmp_bench_v3.h"

#define COLUMNS 15
#define ROWS_AT_ONCE 4
#define EVENTS_MAX 64
#define TIMEOUT_MS 2000
#define RETRIES 2
#define COLUMN_MAX 11

struct column {
    oid name[COLUMN_MAX];
    size_t len;
};

#define IF_ENTRY(c) {{1, 3, 6, 1, 2, 1, 2, 2, 1, (c)}, 10}
#define IF_X_ENTRY(c) {{1, 3, 6, 1, 2, 1, 31, 1, 1, 1, (c)}, 11}

static const struct column columns[COLUMNS] = {
    IF_X_ENTRY(6),  IF_X_ENTRY(10), IF_X_ENTRY(7),  IF_X_ENTRY(11), IF_X_ENTRY(8),
    IF_X_ENTRY(12), IF_X_ENTRY(9),  IF_X_ENTRY(13), IF_ENTRY(14),   IF_ENTRY(20),
    IF_ENTRY(13),   IF_ENTRY(19),   IF_ENTRY(8),    IF_X_ENTRY(15), IF_X_ENTRY(19)};
static const oid uptime[] = {1, 3, 6, 1, 2, 1, 1, 3};

struct agent {
    struct session_list *session;
    int fd;
    oid row;      /* read so far; 0: none */
    bool busy;
    uint64_t *values;
};

static struct {
    struct agent *agents;
    unsigned count, rows, active;
    unsigned long varbinds, failed;
} poll_state;

static void over(struct agent *a, bool failed)
{
    a->busy = false;
    poll_state.active--;
    poll_state.failed += failed;
}

static int on_answer(int operation, netsnmp_session *session, int id, netsnmp_pdu *pdu, void *magic);

static void ask(struct agent *a)
{
    netsnmp_pdu *pdu = snmp_pdu_create(SNMP_MSG_GETBULK);
    unsigned left = poll_state.rows - (unsigned)a->row;
    pdu->non_repeaters = 1;
    pdu->max_repetitions = left < ROWS_AT_ONCE ? left : ROWS_AT_ONCE;
    snmp_add_null_var(pdu, uptime, OID_LENGTH(uptime));
    for (int c = 0; c < COLUMNS; c++) {
        oid name[COLUMN_MAX + 1];
        size_t len = columns[c].len;
        memcpy(name, columns[c].name, len * sizeof(oid));
        if (a->row)
            name[len++] = a->row;
        snmp_add_null_var(pdu, name, len);
    }
    if (!snmp_sess_async_send(a->session, pdu, on_answer, a)) {
        snmp_free_pdu(pdu);
        over(a, true);
    }
}

static uint64_t number_of(const netsnmp_variable_list *v)
{
    if (v->type == ASN_COUNTER64)
        return (uint64_t)v->val.counter64->high << 32 | v->val.counter64->low;
    return v->type == ASN_OCTET_STR ? v->val_len : (uint64_t)*v->val.integer;
}

static bool is_cell(const netsnmp_variable_list *v, int c)
{
    return v->name_length == columns[c].len + 1 &&
           snmp_oid_compare(v->name, columns[c].len, columns[c].name, columns[c].len) == 0;
}

/* Returns the last row that is there in full. */
static oid take_rows(struct agent *a, const netsnmp_variable_list *v)
{
    oid whole = a->row;
    poll_state.varbinds += v != NULL;
    for (int c = 0; v && (v = v->next_variable) && is_cell(v, c); c = (c + 1) % COLUMNS) {
        oid row = v->name[columns[c].len];
        if (row < 1 || row > poll_state.rows)
            break;
        a->values[(row - 1) * COLUMNS + (oid)c] = number_of(v);
        poll_state.varbinds++;
        if (c == COLUMNS - 1)
            whole = row;
    }
    return whole;
}

static int on_answer(int operation, netsnmp_session *session, int id, netsnmp_pdu *pdu, void *magic)
{
    struct agent *a = magic;
    (void)session, (void)id;
    if (operation == NETSNMP_CALLBACK_OP_RECEIVED_MESSAGE && pdu->command == SNMP_MSG_RESPONSE) {
        oid row = take_rows(a, pdu->variables);
        bool stuck = row == a->row;
        a->row = row;
        if (stuck || row >= poll_state.rows)
            over(a, stuck);
        else
            ask(a);
    } else if (operation == NETSNMP_CALLBACK_OP_TIMED_OUT || operation == NETSNMP_CALLBACK_OP_SEND_FAILED) {
        over(a, true);
    }
    return 1;
}

static void use_passwords(netsnmp_session *s)
{
    s->securityAuthProto = usmHMAC192SHA256AuthProtocol;
    s->securityAuthProtoLen = OID_LENGTH(usmHMAC192SHA256AuthProtocol);
    s->securityPrivProto = usmAESPrivProtocol;
    s->securityPrivProtoLen = OID_LENGTH(usmAESPrivProtocol);
    s->securityAuthKeyLen = s->securityPrivKeyLen = USM_AUTH_KU_LEN;
    generate_Ku(s->securityAuthProto, (u_int)s->securityAuthProtoLen, (const u_char *)SNMP_BENCH_AUTH,
                strlen(SNMP_BENCH_AUTH), s->securityAuthKey, &s->securityAuthKeyLen);
    generate_Ku(s->securityAuthProto, (u_int)s->securityAuthProtoLen, (const u_char *)SNMP_BENCH_PRIV,
                strlen(SNMP_BENCH_PRIV), s->securityPrivKey, &s->securityPrivKeyLen);
}

static bool open_agent(struct agent *a, unsigned number, const char *port, netsnmp_session s)
{
    char peer[64], address[INET_ADDRSTRLEN];
    struct in_addr at = {htonl(SNMP_BENCH_FIRST + number)};
    inet_ntop(AF_INET, &at, address, sizeof address);
    snprintf(peer, sizeof peer, "udp:%s:%s", address, port);
    s.peername = peer;
    a->session = snmp_sess_open(&s); /* asks for the engine, and waits for it */
    a->values = calloc((size_t)poll_state.rows * COLUMNS, sizeof *a->values);
    if (!a->session || !a->values)
        return false;
    a->fd = snmp_sess_transport(a->session)->sock;
    return true;
}

static bool open_all(const char *port, int epoll)
{
    netsnmp_session s;
    snmp_sess_init(&s);
    s.version = SNMP_VERSION_3;
    s.securityName = SNMP_BENCH_USER;
    s.securityNameLen = strlen(SNMP_BENCH_USER);
    s.securityLevel = SNMP_SEC_LEVEL_AUTHPRIV;
    s.timeout = TIMEOUT_MS * 1000L;
    s.retries = RETRIES;
    use_passwords(&s);
    for (unsigned i = 0; i < poll_state.count; i++) {
        struct epoll_event e = {EPOLLIN, {.u32 = i}};
        if (!open_agent(&poll_state.agents[i], i, port, s))
            return false;
        epoll_ctl(epoll, EPOLL_CTL_ADD, poll_state.agents[i].fd, &e);
    }
    return true;
}

static void read_answers(int epoll, int wait_ms, netsnmp_large_fd_set *set)
{
    struct epoll_event events[EVENTS_MAX];
    int got = epoll_wait(epoll, events, EVENTS_MAX, wait_ms);
    for (int i = 0; i < got; i++) {
        struct agent *a = &poll_state.agents[events[i].data.u32];
        netsnmp_large_fd_setfd(a->fd, set);
        snmp_sess_read2(a->session, set);
        netsnmp_large_fd_clr(a->fd, set);
    }
    for (unsigned i = 0; got == 0 && wait_ms && i < poll_state.count; i++)
        if (poll_state.agents[i].busy)
            snmp_sess_timeout(poll_state.agents[i].session);
}

static void run_round(int epoll, unsigned window, netsnmp_large_fd_set *set)
{
    unsigned next = 0;
    while (next < poll_state.count || poll_state.active) {
        while (next < poll_state.count && poll_state.active < window) {
            struct agent *a = &poll_state.agents[next++];
            a->row = 0;
            a->busy = true;
            poll_state.active++;
            ask(a);
        }
        read_answers(epoll, next < poll_state.count && poll_state.active < window ? 0 : 10, set);
    }
}

static double cpu_us(void)
{
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e6 +
           (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

static unsigned number(const char *text, unsigned most)
{
    unsigned long n = strtoul(text, NULL, 10);
    return n < most ? (unsigned)n : most;
}

int main(int argc, char **argv)
{
    struct rlimit files = {SNMP_BENCH_MOST + 1000, SNMP_BENCH_MOST + 1000};
    netsnmp_large_fd_set set;
    if (argc < 5) {
        fprintf(stderr, "usage: snmp-peer-v3 PORT COUNT PORTS_OF_EACH ROUNDS [WINDOW]\n");
        return 2;
    }
    setrlimit(RLIMIT_NOFILE, &files);
    setenv("MIBS", "", 1);
    setenv("SNMPCONFPATH", "/nonexistent", 1);
    netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DISABLE_PERSISTENT_LOAD, 1);
    netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DISABLE_PERSISTENT_SAVE, 1);
    init_snmp("snmp-peer-v3");
    netsnmp_large_fd_set_init(&set, (int)files.rlim_cur);
    poll_state.count = number(argv[2], SNMP_BENCH_MOST);
    poll_state.rows = number(argv[3], 1000);
    poll_state.agents = calloc(poll_state.count, sizeof *poll_state.agents);
    unsigned rounds = number(argv[4], 1000), window = argc > 5 ? number(argv[5], SNMP_BENCH_MOST) : 200;
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    if (!poll_state.agents || epoll < 0 || !open_all(argv[1], epoll)) {
        fprintf(stderr, "snmp-peer-v3: an agent could not be opened\n");
        return 1;
    }
    run_round(epoll, window, &set); /* clocks and counters are settled by now */
    poll_state.varbinds = poll_state.failed = 0;
    double before_us = cpu_us(), asked = (double)poll_state.count * rounds;
    for (unsigned i = 0; i < rounds; i++)
        run_round(epoll, window, &set);
    printf("%.2f %.1f %lu\n", (cpu_us() - before_us) / asked, (double)poll_state.varbinds / asked, poll_state.failed);
    return 0;
}
