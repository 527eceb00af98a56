#pragma once
/* The server, over libcurl: one request at a time, each with a deadline and a bounded reply.
 * Redirects are not followed and proxies not used, so that the token reaches no other host. */

#include "base/arena.h"
#include "base/str.h"

struct remote;

#define REMOTE_BODY_MAX ((size_t)16 * 1024 * 1024) /* of a request and of a reply */

enum {
    REMOTE_E_TROUBLE = 1, /* no connection, time-out, cut off: may be repeated */
    REMOTE_E_STRANGE,     /* not HTTP, too long a reply, a certificate that will not do */
};

struct remote_request {
    const char *method;
    const char *path; /* with its query, from "/" on */
    struct str body;  /* JSON; ptr NULL: none */
    const char *key;  /* Idempotency-Key or NULL */
    const char *if_match;
};

struct remote_reply {
    int status;
    struct str body;
    const char *etag;        /* or NULL */
    const char *next;        /* path of the next page (Link: rel="next"), or NULL */
    const char *retry_after; /* or NULL */
};

/* Adds lines to `faults` when `url` is no http(s) address without user, query and fragment. */
void remote_check_url(const char *url, struct buf *faults);

/* `url` has passed remote_check_url(). `token` may be NULL. All texts must outlive the remote. */
struct remote *remote_new(const char *url, const char *token, const char *language,
                          int64_t timeout_s);
void remote_free(struct remote *remote);

/* Sends and waits. 0 with the reply, whatever its status; its texts live in the arena. Otherwise
 * REMOTE_E_* with a sentence in `fault`. */
must_check int remote_call(struct remote *remote, const struct remote_request *request,
                           struct arena *arena, struct remote_reply *ret, struct buf *fault);
