#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <termios.h>
#include <unistd.h>

#include "poller/base/json.h"
#include "poller/command/all.h"
#include "poller/command/command.h"
#include "poller/command/lines.h"
#include "poller/command/progress.h"
#include "poller/command/store_client.h"

#define PASSWORD_MAX 256
#define PASSWORD_LEAST 8
#define GENERATED_CHARACTERS 20 /* of 32 letters: 100 bits */
#define HASH_PATIENCE_NS SECONDS(30)
#define ANSWER_MAX_BYTES (1u << 20)

struct talk {
    struct store_client *store;
    struct arena *arena;
};

static bool begin(const struct invocation *v, struct talk *t)
{
    char error[STORE_CLIENT_ERROR_MAX];
    const char *state = command_state_dir(v);
    *t = (struct talk){state ? store_client_open(state, error) : NULL, arena_create(ANSWER_MAX_BYTES)};
    if (state && !t->store)
        command_fail(v, "%s; users are kept by the running daemon", error);
    return t->store && t->arena;
}

static void end(struct talk *t)
{
    store_client_close(t->store);
    arena_destroy(t->arena);
}

/* Without what looks alike. */
static bool generate(char out[static PASSWORD_MAX])
{
    static const char letters[] = "abcdefghijkmnpqrstuvwxyz23456789";
    unsigned char bytes[GENERATED_CHARACTERS];
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        return false;
    for (size_t i = 0; i < sizeof bytes; i++)
        out[i] = letters[bytes[i] % 32];
    out[sizeof bytes] = '\0';
    explicit_bzero(bytes, sizeof bytes);
    return true;
}

static bool read_line(char out[static PASSWORD_MAX])
{
    if (!fgets(out, PASSWORD_MAX, stdin))
        return false;
    out[strcspn(out, "\r\n")] = '\0';
    return true;
}

static bool read_hidden(const char *prompt, char out[static PASSWORD_MAX])
{
    struct termios shown, hidden;
    if (tcgetattr(STDIN_FILENO, &shown) != 0)
        return false;
    hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)ECHO;
    fputs(prompt, stderr);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    bool ok = read_line(out);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
    fputc('\n', stderr);
    return ok;
}

/* From the terminal twice, or one line of whatever stdin is; never from the arguments, which others see. */
static bool ask_password(const struct invocation *v, char out[static PASSWORD_MAX])
{
    char again[PASSWORD_MAX];
    if (!isatty(STDIN_FILENO)) {
        if (read_line(out))
            return true;
        command_fail(v, "no password came on standard input");
        return false;
    }
    bool same = read_hidden("password: ", out) && read_hidden("again: ", again) && strcmp(out, again) == 0;
    explicit_bzero(again, sizeof again);
    if (!same)
        command_fail(v, "the two were not the same");
    return same;
}

static void show_added(const struct invocation *v, const char *name, const char *password)
{
    if (v->json) {
        cJSON *document = cJSON_CreateObject();
        json_put_text(document, "user", name);
        json_put_text(document, "password", password);
        command_print_json(document);
        cJSON_Delete(document);
        return;
    }
    put_safely(name, COLOUR_NONE);
    puts(" may log in.");
    if (password)
        printf("password: %s\n", password);
}

static int add(struct invocation *v, const char *name, bool generated)
{
    char password[PASSWORD_MAX] = "";
    const char *text;
    struct talk t = {0};
    int status = EXIT_UNKNOWN;
    if (!(generated ? generate(password) : ask_password(v, password)))
        goto out;
    if (strlen(password) < PASSWORD_LEAST) {
        command_fail(v, "a password has %d characters at least", PASSWORD_LEAST);
        goto out;
    }
    if (!begin(v, &t))
        goto out;
    struct ws_user question = {.request = 1, .user = (char *)(uintptr_t)name, .password = password};
    struct progress *p = progress_begin("hashing");
    bool done = store_client_do(t.store, WS_USER_SET, &ws_user_record, &question, HASH_PATIENCE_NS,
                                t.arena, &text);
    progress_end(p);
    if (done)
        show_added(v, name, generated ? password : NULL);
    else
        command_fail(v, "%s", store_client_error(t.store));
    status = done ? EXIT_OK : EXIT_FAILING;
out:
    explicit_bzero(password, sizeof password);
    end(&t);
    return status;
}

static void show_removed(const struct invocation *v, const char *name)
{
    if (v->json) {
        cJSON *document = cJSON_CreateObject();
        json_put_text(document, "removed", name);
        command_print_json(document);
        cJSON_Delete(document);
        return;
    }
    put_safely(name, COLOUR_NONE);
    puts(" may no longer log in.");
}

static int remove_user(struct invocation *v, const char *name)
{
    const char *text;
    struct talk t;
    int status = EXIT_UNKNOWN;
    struct ws_user question = {.request = 1, .user = (char *)(uintptr_t)name};
    if (begin(v, &t)) {
        bool done = store_client_do(t.store, WS_USER_REMOVE, &ws_user_record, &question,
                                    HASH_PATIENCE_NS, t.arena, &text);
        if (done)
            show_removed(v, name);
        else
            command_fail(v, "%s", store_client_error(t.store));
        status = done ? EXIT_OK : EXIT_FAILING;
    }
    end(&t);
    return status;
}

static void show_list(const struct invocation *v, const struct sw_users *users)
{
    cJSON *list = cJSON_CreateArray();
    for (size_t i = 0; i < users->users_count; i++) {
        json_add_text(list, users->users[i]);
        if (v->json)
            continue;
        put_safely(users->users[i], COLOUR_NONE);
        putchar('\n');
    }
    if (v->json)
        command_print_json(list);
    else if (users->users_count == 0)
        fputs("Nobody may log in yet: hayloft user add NAME\n", stderr);
    cJSON_Delete(list);
}

static int list_users(struct invocation *v)
{
    struct talk t;
    struct sw_users users;
    int status = EXIT_UNKNOWN;
    struct ws_user question = {.request = 1};
    if (begin(v, &t)) {
        if (store_client_ask(t.store, WS_USER_LIST, &ws_user_record, &question, HASH_PATIENCE_NS, SW_USERS,
                             &sw_users_record, t.arena, &users)) {
            show_list(v, &users);
            status = EXIT_OK;
        } else {
            command_fail(v, "%s", store_client_error(t.store));
        }
    }
    end(&t);
    return status;
}

int user_run(struct invocation *v)
{
    bool generated = command_flag(v, "--generate");
    const char *what = v->argc > 1 ? v->argv[1] : "";
    if (strcmp(what, "list") == 0 && v->argc == 2)
        return list_users(v);
    if (strcmp(what, "add") == 0 && v->argc == 3)
        return add(v, v->argv[2], generated);
    if (strcmp(what, "remove") == 0 && v->argc == 3)
        return remove_user(v, v->argv[2]);
    return command_usage(v);
}
