#pragma once
/* Connections counted per client address. */

#include "base/attr.h"

struct sockaddr;
struct address; /* one address with connections; NULL is an empty set of them */

#define ADDRESS_TEXT_MAX 64

/* Counts one more connection of `from` in `set`. NULL: it has `most` already (0: no limit). */
struct address *address_take(struct address **set, const struct sockaddr *from, unsigned most);
/* One less. The last one frees the address. */
void address_give(struct address **set, struct address *address);

/* The literal without port; IPv4 that came over an IPv6 socket is written as IPv4. */
void address_format(const struct sockaddr *from, char text[ADDRESS_TEXT_MAX]);
