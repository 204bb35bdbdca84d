#include "poller/command/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "poller/base/places.h"

#define COULD_NOT 127

extern char **environ;

static void read_all(int fd, struct buf *output)
{
    char part[4096];
    for (;;) {
        ssize_t n = read(fd, part, sizeof part);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return;
        if (output->len + (size_t)n <= SPAWN_OUTPUT_MAX_BYTES)
            buf_put(output, part, (size_t)n);
    }
}

static int wait_for(pid_t pid)
{
    int status;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return COULD_NOT;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int run(const char *program, char *const argv[], struct buf *output)
{
    posix_spawn_file_actions_t actions;
    int pipes[2] = {-1, -1};
    pid_t pid;
    if (output && pipe2(pipes, O_CLOEXEC) != 0)
        return COULD_NOT;
    posix_spawn_file_actions_init(&actions);
    if (output)
        posix_spawn_file_actions_adddup2(&actions, pipes[1], STDOUT_FILENO);
    int error = posix_spawnp(&pid, program, &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (output)
        close(pipes[1]);
    if (error)
        fprintf(stderr, "hayloft: cannot run %s: %s\n", program, strerror(error));
    else if (output)
        read_all(pipes[0], output);
    if (output)
        close(pipes[0]);
    return error ? COULD_NOT : wait_for(pid);
}

int spawn_own(char *const argv[], struct buf *output)
{
    char program[PLACES_PATH_MAX];
    return places_program(argv[0], program) ? run(program, argv, output) : COULD_NOT;
}

int spawn_other(char *const argv[], struct buf *output)
{
    return run(argv[0], argv, output);
}
