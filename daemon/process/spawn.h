#pragma once
/* Starting other programs, so that none of them outlives this process. */

#include <sys/types.h>

#include "base/str.h"

struct spawn {
    const char *const *argv;   /* argv[0] is the file to run; NULL-terminated */
    const char *const *env;    /* "NAME=value" to add, NULL-terminated; or NULL */
    const char *const *forget; /* names to take out of the environment, NULL-terminated; or NULL */
    int death_signal;          /* what the child gets when this process dies */
    int keep_fd;               /* a descriptor that the child inherits, or -1 */
    int output_fd;             /* the child's stdout and stderr, or -1: ours */
    bool drops_user;           /* run as `uid` and `gid`, without further groups, from "/" */
    uid_t uid;
    gid_t gid;
};

/* Forks and runs. The child leads a process group of its own, so that a terminal's Ctrl-C reaches
 * only us, who pass it on in order. Its pid, or -errno when the fork fails; a program that can't be
 * run ends with exit code 127. */
must_check int spawn(const struct spawn *what);

/* Waits for the end of child `pid`, killing it after `timeout_s`. Its exit code, 128 + signal, or
 * -ETIMEDOUT. */
int spawn_wait(pid_t pid, int timeout_s);
