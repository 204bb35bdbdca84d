/* A program of the user's: fixed arguments, no shell, the document on its standard input and the main
 * values in HAYLOFT_* variables; never in the arguments, which every user of the machine can read.
 *
 * It leads a process group of its own. At its deadline the group gets SIGTERM, KILL_GRACE_MS later
 * SIGKILL, and what a program that ended left behind goes with it. Its standard output goes nowhere; of
 * its standard error, read to a ceiling and dropped past it, the last line says why it failed.
 *
 * Exit status: 0 sent; 65 (EX_DATAERR of sysexits.h) refused for good; anything else is tried again. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "poller/base/clock.h"
#include "poller/courier/receiver.h"

#define EXEC_TIMEOUT_MS 30000
#define KILL_GRACE_MS 5000
#define OUTPUT_MAX_BYTES 65536
#define REASON_MAX_BYTES 160
#define VARIABLES_MAX 24

struct work {
    struct delivery *delivery; /* NULL once cancelled */
    uv_process_t process;
    uv_pipe_t in, errors;
    uv_timer_t timer;
    uv_write_t write;
    char *document;
    char buffer[4096];
    size_t error_bytes;
    char line[REASON_MAX_BYTES]; /* the last one of its standard error */
    size_t line_len;
    bool line_ended;
    bool timed_out, exited;
    int64_t status;
    int signal;
    int open_handles;
};

static bool prepare(const struct config_receiver *s, void **ready, char **error)
{
    if (!s->command_count || !s->command[0] || s->command[0][0] != '/') {
        *error = strdup("an exec receiver needs a command: a list that begins with the program's full path");
        return false;
    }
    char **arguments = *ready = calloc(s->command_count + 1, sizeof *arguments);
    for (size_t i = 0; arguments && i < s->command_count; i++)
        arguments[i] = s->command[i];
    return arguments != NULL;
}

static void release(void *ready)
{
    free(ready);
}

static void on_closed(uv_handle_t *handle)
{
    struct work *w = handle->data;
    if (--w->open_handles > 0)
        return;
    free(w->document);
    free(w);
}

static void close_handle(uv_handle_t *handle)
{
    if (!uv_is_closing(handle))
        uv_close(handle, on_closed);
}

static void close_all(struct work *w)
{
    close_handle((uv_handle_t *)&w->process);
    close_handle((uv_handle_t *)&w->in);
    close_handle((uv_handle_t *)&w->errors);
    close_handle((uv_handle_t *)&w->timer);
}

static void conclude(struct work *w)
{
    struct delivery *d = w->delivery;
    w->delivery = NULL;
    close_all(w);
    if (!d)
        return;
    char error[REASON_MAX_BYTES + 64] = "";
    enum delivery_outcome outcome = DELIVERY_RETRY;
    if (w->timed_out)
        snprintf(error, sizeof error, "the command did not end in time and was stopped");
    else if (w->signal)
        snprintf(error, sizeof error, "the command was ended by signal %d", w->signal);
    else if (w->status != 0)
        snprintf(error, sizeof error, "the command ended with %d: %s", (int)w->status, w->line);
    if (!*error)
        outcome = DELIVERY_SENT;
    else if (w->status == EX_DATAERR && !w->timed_out && !w->signal)
        outcome = DELIVERY_REFUSED;
    d->done(d, outcome, 0, error);
}

static void on_timer(uv_timer_t *timer)
{
    struct work *w = timer->data;
    if (w->exited)
        return;
    bool first = !w->timed_out;
    w->timed_out = true;
    kill(-w->process.pid, first ? SIGTERM : SIGKILL);
    uv_timer_start(timer, on_timer, KILL_GRACE_MS, 0);
}

static void give_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *out)
{
    struct work *w = handle->data;
    *out = uv_buf_init(w->buffer, sizeof w->buffer);
}

static void take_errors(struct work *w, const char *bytes, size_t len)
{
    w->error_bytes += len;
    if (w->error_bytes > OUTPUT_MAX_BYTES)
        return; /* read on, so that it never blocks, and forget */
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] == '\n') {
            w->line_ended = true;
        } else if (bytes[i] >= ' ' && bytes[i] <= '~') {
            w->line_len = w->line_ended ? 0 : w->line_len;
            w->line_ended = false;
            if (w->line_len + 1 < sizeof w->line)
                w->line[w->line_len++] = bytes[i];
            w->line[w->line_len] = 0;
        }
    }
}

static void on_errors(uv_stream_t *stream, ssize_t count, const uv_buf_t *bytes)
{
    if (count < 0)
        uv_read_stop(stream);
    else
        take_errors(stream->data, bytes->base, (size_t)count);
}

/* The end of the program may be seen before its last words. */
static void drain_errors(struct work *w)
{
    uv_os_fd_t fd;
    ssize_t count;
    if (uv_fileno((uv_handle_t *)&w->errors, &fd) != 0)
        return;
    while (w->error_bytes < OUTPUT_MAX_BYTES && (count = read(fd, w->buffer, sizeof w->buffer)) > 0)
        take_errors(w, w->buffer, (size_t)count);
}

static void on_exit_status(uv_process_t *process, int64_t status, int signal_number)
{
    struct work *w = process->data;
    w->status = status;
    w->signal = signal_number;
    w->exited = true;
    drain_errors(w);
    kill(-process->pid, SIGKILL); /* whatever it left running in its group */
    conclude(w);
}

static void on_written(uv_write_t *request, int status)
{
    struct work *w = request->handle->data;
    close_handle((uv_handle_t *)&w->in); /* the program sees the end of its input */
}

static void add_variable(char **list, size_t *count, const char *name, const char *value)
{
    struct buf b = {0};
    if (!value || *count == VARIABLES_MAX)
        return;
    buf_printf(&b, "%s=%s", name, value);
    if ((list[*count] = buf_detach(&b)))
        ++*count;
}

static size_t make_environment(const struct delivery *d, char **list)
{
    static const char *const values[][2] = {
        {"HAYLOFT_MESSAGE", "message"},  {"HAYLOFT_KEY", "key"}, {"HAYLOFT_ID", "id"},
        {"HAYLOFT_SEVERITY", "severity"}, {"HAYLOFT_CAUSE", "cause.kind"},
        {"HAYLOFT_SENTENCE", "cause.sentence"}, {"HAYLOFT_CHECK_FIRST", "cause.check_first"},
        {"HAYLOFT_NODE", "cause.node"}, {"HAYLOFT_PORT", "cause.port"}, {"HAYLOFT_LINK", "cause.link"},
        {"HAYLOFT_NETWORK", "cause.network"}, {"HAYLOFT_SITE", "cause.site"},
        {"HAYLOFT_OPENED", "opened"}, {"HAYLOFT_RESOLVED", "resolved"},
        {"HAYLOFT_SUBJECT", "subject"}, {"HAYLOFT_TEXT", "text"}, {"HAYLOFT_URL", "url"}};
    size_t count = 0;
    add_variable(list, &count, "PATH", "/usr/local/bin:/usr/bin:/bin");
    add_variable(list, &count, "LANG", "C.UTF-8");
    add_variable(list, &count, "TZ", getenv("TZ"));
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        add_variable(list, &count, values[i][0], document_value(d->document, values[i][1]));
    list[count] = NULL;
    return count;
}

static int spawn(struct work *w, char **arguments)
{
    char *environment[VARIABLES_MAX + 1];
    size_t count = make_environment(w->delivery, environment);
    uv_stdio_container_t stdio[3] = {
        {.flags = UV_CREATE_PIPE | UV_READABLE_PIPE, .data.stream = (uv_stream_t *)&w->in},
        {.flags = UV_IGNORE},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&w->errors}};
    uv_process_options_t options = {.file = arguments[0], .args = arguments, .env = environment,
                                    .cwd = "/", .stdio = stdio, .stdio_count = 3,
                                    .flags = UV_PROCESS_DETACHED, .exit_cb = on_exit_status};
    int result = uv_spawn(w->delivery->loop, &w->process, &options);
    while (count)
        free(environment[--count]);
    return result;
}

static void set_up(struct work *w, struct delivery *d)
{
    w->delivery = d;
    w->document = strdup(document_value(d->document, "document"));
    uv_pipe_init(d->loop, &w->in, 0);
    uv_pipe_init(d->loop, &w->errors, 0);
    uv_timer_init(d->loop, &w->timer);
    w->in.data = w->errors.data = w->timer.data = w->process.data = w;
    w->open_handles = 4;
}

static void start(struct delivery *d)
{
    const struct config_receiver *s = d->receiver->setting;
    struct work *w = calloc(1, sizeof *w);
    if (!w) {
        d->done(d, DELIVERY_RETRY, 0, "out of memory");
        return;
    }
    d->work = w;
    set_up(w, d);
    int result = spawn(w, d->receiver->ready);
    if (result != 0) {
        char error[128];
        snprintf(error, sizeof error, "the command cannot be started: %s", uv_strerror(result));
        w->delivery = NULL;
        close_all(w);
        d->done(d, DELIVERY_RETRY, 0, error);
        return;
    }
    uv_timer_start(&w->timer, on_timer,
                   s->timeout_ns > 0 ? (uint64_t)(s->timeout_ns / NS_PER_MS) : EXEC_TIMEOUT_MS, 0);
    uv_read_start((uv_stream_t *)&w->errors, give_buffer, on_errors);
    uv_buf_t bytes = uv_buf_init(w->document, (unsigned)strlen(w->document));
    if (uv_write(&w->write, (uv_stream_t *)&w->in, &bytes, 1, on_written) != 0)
        close_handle((uv_handle_t *)&w->in);
}

static void cancel(struct delivery *d)
{
    struct work *w = d->work;
    w->delivery = NULL;
    kill(-w->process.pid, SIGKILL); /* its exit callback closes the rest */
}

const struct receiver_driver exec_driver = {
    .prepare = prepare, .release = release, .start = start, .cancel = cancel};
