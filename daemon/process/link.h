#pragma once
/* The link between the supervisor and a role: a pair of sequenced-packet sockets that carries
 * one-byte words. Its end is noticed by the other side at once. */

#include "base/attr.h"

enum link_word {
    LINK_NOTHING = 0, /* none to read at the moment */
    LINK_GONE = -1,   /* the other side has ended */
    LINK_PING = 'P',  /* from the supervisor, and the answer */
    LINK_READY = 'R', /* from a role: it serves */
};

/* Makes a link; both ends are non-blocking and close-on-exec. 0 or -errno. */
must_check int link_new(int *ret_ours, int *ret_theirs);

/* "NAME=value" that tells a role which descriptor is its end; `text` has room for LINK_ENV_MAX. */
#define LINK_ENV_MAX 32
void link_env(int theirs, char text[LINK_ENV_MAX]);

/* In a role: its end of the link, taken out of the environment; -1 when there is no supervisor. */
int link_inherit(void);

enum link_word link_read(int fd);
void link_write(int fd, enum link_word word);
