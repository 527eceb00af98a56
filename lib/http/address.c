#include "http/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/mem.h"

/* uthash's own function falls through switch labels in a way that clang warns of. FNV-1a; how many
 * keys there are is bounded by the number of connections. */
static unsigned hash_bytes(const void *bytes, size_t len)
{
    const unsigned char *byte = bytes;
    uint32_t hash = 2166136261U;
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ byte[i]) * 16777619U;
    return hash;
}

#define HASH_FUNCTION(key, len, hash) ((hash) = hash_bytes(key, len))
#include <uthash.h>

/* IPv6 hosts own a /64, so that is what counts as one address; IPv4 stands in its mapped form. */
struct address_key {
    uint8_t byte[16];
};

struct address {
    struct address_key key;
    unsigned count;
    UT_hash_handle hh;
};

static const struct in6_addr *in6_of(const struct sockaddr *from)
{
    return &((const struct sockaddr_in6 *)(const void *)from)->sin6_addr;
}

static const struct in_addr *in_of(const struct sockaddr *from)
{
    return &((const struct sockaddr_in *)(const void *)from)->sin_addr;
}

static struct address_key key_of(const struct sockaddr *from)
{
    struct address_key key = {{0}};
    if (from->sa_family == AF_INET) {
        key.byte[10] = 0xff;
        key.byte[11] = 0xff;
        memcpy(&key.byte[12], in_of(from), 4);
    } else {
        memcpy(&key, in6_of(from), IN6_IS_ADDR_V4MAPPED(in6_of(from)) ? 16 : 8);
    }
    return key;
}

struct address *address_take(struct address **set, const struct sockaddr *from, unsigned most)
{
    struct address_key key = key_of(from);
    struct address *address = NULL;
    HASH_FIND(hh, *set, &key, sizeof(key), address);
    if (address != NULL && most > 0 && address->count >= most)
        return NULL;
    if (address == NULL) {
        address = mem_zalloc(1, sizeof(*address));
        address->key = key;
        HASH_ADD(hh, *set, key, sizeof(address->key), address);
    }
    address->count++;
    return address;
}

void address_give(struct address **set, struct address *address)
{
    if (--address->count > 0)
        return;
    HASH_DEL(*set, address);
    free(address);
}

void address_format(const struct sockaddr *from, char text[ADDRESS_TEXT_MAX])
{
    const void *address = from->sa_family == AF_INET ? (const void *)in_of(from) : in6_of(from);
    int family = from->sa_family;
    if (family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(in6_of(from))) {
        address = &in6_of(from)->s6_addr[12];
        family = AF_INET;
    }
    if (inet_ntop(family, address, text, ADDRESS_TEXT_MAX) == NULL)
        text[0] = '\0';
}
