#include "process/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "process/signals.h"

static void set_environment(const struct spawn *what)
{
    for (size_t i = 0; what->forget && what->forget[i]; i++)
        unsetenv(what->forget[i]);
    for (size_t i = 0; what->env && what->env[i]; i++) {
        char *copy = strdup(what->env[i]);

        if (!copy || putenv(copy) != 0)
            _exit(127);
    }
}

static bool drop_user(const struct spawn *what)
{
    if (!what->drops_user)
        return true;
    return setgroups(0, NULL) == 0 && setgid(what->gid) == 0 && setuid(what->uid) == 0 &&
           chdir("/") == 0;
}

/* In the child. The death signal is set after the change of user, which would clear it, and checked
 * against a parent that died before it was set. */
static noreturn_fn void become(const struct spawn *what, pid_t parent)
{
    setpgid(0, 0);
    if (!drop_user(what) || prctl(PR_SET_PDEATHSIG, what->death_signal) < 0 || getppid() != parent)
        _exit(127);
    if (what->keep_fd >= 0 && fcntl(what->keep_fd, F_SETFD, 0) < 0)
        _exit(127);
    if (what->output_fd >= 0 &&
        (dup2(what->output_fd, STDOUT_FILENO) < 0 || dup2(what->output_fd, STDERR_FILENO) < 0))
        _exit(127);
    set_environment(what);
    signals_restore();
    /* execv does not change the strings; its type is older than const. */
    execv(what->argv[0], (char *const *)(uintptr_t)what->argv);
    _exit(127);
}

int spawn(const struct spawn *what)
{
    pid_t parent = getpid();
    pid_t pid;

    fflush(NULL);
    pid = fork();
    if (pid == 0)
        become(what, parent);
    return pid < 0 ? -errno : pid;
}

int spawn_wait(pid_t pid, int timeout_s)
{
    const struct timespec pause = {.tv_nsec = 10 * 1000 * 1000};
    int status;

    for (int left = timeout_s * 100; waitpid(pid, &status, WNOHANG) == 0; left--) {
        if (left == 0) {
            kill(pid, SIGKILL);
            waitpid(pid, &status, 0);
            return -ETIMEDOUT;
        }
        nanosleep(&pause, NULL);
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
