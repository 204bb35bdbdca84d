#include "tests/support/sink.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#define ARGUMENTS_MAX 24
#define LOG_MAX_BYTES (1u << 20)

struct sink {
    pid_t pid;
    int port;
    char log[64];
};

static _Noreturn void become(const char *script, const char *log, const char *const *more, int out)
{
    char path[512];
    const char *argv[ARGUMENTS_MAX] = {"python3", path, "--log", log};
    snprintf(path, sizeof path, "%s/%s", SUPPORT_DIR, script);
    for (size_t i = 0; more && more[i] && i + 5 < ARGUMENTS_MAX; i++)
        argv[4 + i] = more[i];
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(out, STDOUT_FILENO);
    execvp("python3", (char *const *)(uintptr_t)argv);
    _exit(127);
}

struct sink *sink_start(const char *script, const char *const *arguments)
{
    struct sink *s = calloc(1, sizeof *s);
    int ends[2];
    assert_non_null(s);
    snprintf(s->log, sizeof s->log, "%s", "/tmp/hayloft-sink-XXXXXX");
    int fd = mkstemp(s->log);
    assert_true(fd >= 0 && pipe(ends) == 0);
    close(fd);
    s->pid = fork();
    assert_true(s->pid >= 0);
    if (s->pid == 0)
        become(script, s->log, arguments, ends[1]);
    close(ends[1]);
    FILE *line = fdopen(ends[0], "r");
    assert_non_null(line);
    if (fscanf(line, "%d", &s->port) != 1)
        fail_msg("%s did not come up", script);
    fclose(line);
    return s;
}

int sink_port(const struct sink *s)
{
    return s->port;
}

char *sink_log(const struct sink *s)
{
    FILE *f = fopen(s->log, "r");
    char *text = calloc(1, LOG_MAX_BYTES);
    assert_true(f && text);
    size_t len = fread(text, 1, LOG_MAX_BYTES - 1, f);
    text[len] = 0;
    fclose(f);
    return text;
}

size_t sink_count(const struct sink *s)
{
    char *text = sink_log(s);
    size_t count = 0;
    for (const char *p = text; (p = strchr(p, '\n')); p++)
        count++;
    free(text);
    return count;
}

void sink_stop(struct sink *s)
{
    if (!s)
        return;
    kill(s->pid, SIGKILL);
    waitpid(s->pid, NULL, 0);
    unlink(s->log);
    free(s);
}

bool sink_certificate(char *certificate, char *key, size_t size)
{
    char folder[] = "/tmp/hayloft-certificate-XXXXXX";
    if (!mkdtemp(folder))
        return false;
    snprintf(certificate, size, "%s/certificate.pem", folder);
    snprintf(key, size, "%s/key.pem", folder);
    pid_t pid = fork();
    if (pid == 0) {
        if (!freopen("/dev/null", "w", stderr))
            _exit(1);
        execlp("openssl", "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
               "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=localhost",
               "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out",
               certificate, (char *)NULL);
        _exit(127);
    }
    int status = 1;
    return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

bool sink_pin(const char *certificate, char pin[static SINK_PIN_MAX])
{
    static const char command[] = "openssl x509 -pubkey -noout < \"$0\" | openssl pkey -pubin -outform der | "
                                  "openssl dgst -sha256 -binary | base64";
    int ends[2], status = 1;
    size_t begun = (size_t)snprintf(pin, SINK_PIN_MAX, "sha256//");
    if (pipe(ends) != 0)
        return false;
    pid_t pid = fork();
    if (pid == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        execlp("sh", "sh", "-c", command, certificate, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    ssize_t len = read(ends[0], pin + begun, SINK_PIN_MAX - 1 - begun);
    close(ends[0]);
    pin[begun + (len > 0 ? (size_t)len : 0)] = 0;
    pin[strcspn(pin, "\n")] = 0;
    return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0 && strlen(pin) > begun;
}

void sink_forget_certificate(const char *certificate, const char *key)
{
    char folder[256];
    unlink(certificate);
    unlink(key);
    snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(key, '/') - key), key);
    rmdir(folder);
}
