#pragma once
/* Runs a function in a child process whose stderr is caught: for what must abort, and for what is
 * written to stderr. Included by one test program each, after cmocka.h. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/attr.h"

struct child {
    int status;         /* as from waitpid() */
    char output[65536]; /* what it wrote to stderr, NUL-terminated */
};

static void child_run(void (*body)(void), struct child *ret)
{
    int ends[2];
    size_t len = 0;
    ssize_t got = 0;
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        dup2(ends[1], STDERR_FILENO);
        close(ends[0]);
        close(ends[1]);
        body();
        _exit(0);
    }
    close(ends[1]);
    while ((got = read(ends[0], ret->output + len, sizeof(ret->output) - 1 - len)) > 0)
        len += (size_t)got;
    ret->output[len] = '\0';
    close(ends[0]);
    assert_int_equal(waitpid(pid, &ret->status, 0), pid);
}

/* Fails unless `body` aborts and says `message`. */
unused_arg static void assert_aborts(void (*body)(void), const char *message)
{
    struct child child;
    child_run(body, &child);
    assert_true(WIFSIGNALED(child.status));
    assert_int_equal(WTERMSIG(child.status), SIGABRT);
    assert_non_null(strstr(child.output, message));
}
