#include "process/signals.h"

#include <errno.h>
#include <sys/signalfd.h>
#include <unistd.h>

static void ours(sigset_t *ret)
{
    sigemptyset(ret);
    sigaddset(ret, SIGTERM);
    sigaddset(ret, SIGINT);
    sigaddset(ret, SIGHUP);
    sigaddset(ret, SIGCHLD);
}

int signals_open(void)
{
    sigset_t set;
    int fd;

    ours(&set);
    signal(SIGPIPE, SIG_IGN);
    if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
        return -errno;
    fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

int signals_next(int fd)
{
    struct signalfd_siginfo info;
    ssize_t got = read(fd, &info, sizeof(info));

    return got == (ssize_t)sizeof(info) ? (int)info.ssi_signo : 0;
}

void signals_restore(void)
{
    sigset_t set;

    ours(&set);
    signal(SIGPIPE, SIG_DFL);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
}
