#include "process/link.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/str.h"

#define LINK_ENV "LABTABD_LINK"

int link_new(int *ret_ours, int *ret_theirs)
{
    int pair[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) < 0)
        return -errno;
    *ret_ours = pair[0];
    *ret_theirs = pair[1];
    return 0;
}

void link_env(int theirs, char text[LINK_ENV_MAX])
{
    snprintf(text, LINK_ENV_MAX, LINK_ENV "=%d", theirs);
}

int link_inherit(void)
{
    int64_t fd;

    if (str_to_int(str_of(getenv(LINK_ENV)), 3, INT32_MAX, &fd))
        return -1;
    unsetenv(LINK_ENV);
    return fcntl((int)fd, F_SETFD, FD_CLOEXEC) < 0 ? -1 : (int)fd;
}

enum link_word link_read(int fd)
{
    char word;
    ssize_t got = recv(fd, &word, 1, 0);

    if (got == 1)
        return word == LINK_READY ? LINK_READY : LINK_PING;
    return got < 0 && (errno == EAGAIN || errno == EINTR) ? LINK_NOTHING : LINK_GONE;
}

void link_write(int fd, enum link_word word)
{
    char byte = (char)word;

    /* A full socket means that the other side has not looked for hundreds of words: it hangs, which
     * its silence says already. */
    (void)send(fd, &byte, 1, MSG_NOSIGNAL);
}
