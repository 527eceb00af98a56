#pragma once
/* What the files of this folder share: the server, its connections, and who calls whom.
 *
 *   server.c  listens, counts, keeps the deadlines
 *   conn.c    one connection: bytes -> request -> handler, reply -> bytes
 *   reply.c   renders replies and problems
 *
 * A connection's state is the list that it is on, and only server_move() moves it. */

#include <sys/queue.h>

#include <event2/event.h>
#include <event2/event_struct.h>

#include "http/address.h"
#include "http/head.h"
#include "http/http.h"

struct evconnlistener;

enum conn_state {
    CONN_IDLE,      /* between requests */
    CONN_READING,   /* from a request's first byte to its last */
    CONN_BUSY,      /* the handler has the request */
    CONN_WRITING,   /* the socket did not take the reply at once */
    CONN_LINGERING, /* all is said; bytes of the client are thrown away until it hangs up, since
                     * closing with unread bytes would reset the connection under the reply */
    CONN_STATE_COUNT
};

/* A request on its way. The public part comes first, so that http_reply() finds the rest. */
struct exchange {
    struct http_request request;
    struct http_conn *conn; /* NULL when the connection has ended before the reply */
    struct buf extra;       /* header lines that the handler added */
    bool has_cache_control;
};

struct http_conn {
    TAILQ_ENTRY(http_conn) link;
    struct http_server *server;
    struct address *address;   /* NULL: over the limit, refused at once */
    struct exchange *exchange; /* from the head's end to the reply */
    enum conn_state state;
    int64_t deadline_us; /* of the state; none while CONN_BUSY */
    int fd;              /* -1: the client has gone while the handler worked */
    bool is_entered;     /* consume() is on the stack, and perhaps a handler */
    bool is_dead;        /* closed meanwhile: freed by who entered */
    bool is_eof;         /* the client will send no more, but may still read */
    bool is_paused;      /* not reading: too much was sent ahead */
    bool is_ahead;       /* the client has sent more than this request */
    bool is_closing;     /* the reply under way is the last one */
    struct event readable;
    struct event writable;
    struct buf in;  /* what is left over from reads; empty in an ordinary exchange */
    struct buf out; /* the rest of one reply; empty in an ordinary exchange */
    size_t out_at;
    size_t discarded;
    char peer[ADDRESS_TEXT_MAX];
    struct head head;
};

TAILQ_HEAD(conn_list, http_conn);

struct http_server {
    struct event_base *base;
    struct http_conf conf;
    struct evconnlistener *listener; /* NULL once draining */
    int reserve_fd;                  /* given up for a moment when descriptors run out */
    uint16_t port;
    struct event resume;  /* listens again after a pause */
    struct event janitor; /* the one timer for all deadlines */
    int64_t janitor_due_us;
    int64_t now_us; /* monotonic, as of the event being handled */
    struct conn_list list[CONN_STATE_COUNT];
    struct address *addresses;
    unsigned excess; /* refused connections that are not closed yet */
    bool is_draining;
    struct event drained_event;
    void (*drained)(void *);
    void *drained_arg;
    struct http_stats stats;
    char date[40]; /* the Date line */
    int64_t date_until_us;
    struct buf reply_head;
    struct buf problem;
    char scratch[64 * 1024]; /* every read goes here first: an idle connection holds no buffer */
};

/* server.c */
void server_tick(struct http_server *server); /* reads the clock */
void server_move(struct http_conn *conn, enum conn_state state);
void server_forget(struct http_conn *conn); /* takes it off its list and out of the counts */

/* conn.c */

/* Takes over `fd`. `address` is NULL for a connection over the limit, which must be refused next.
 */
struct http_conn *http_conn_new(struct http_server *server, int fd, const char *peer,
                                struct address *address);
/* Closes at once. A request that a handler holds stays valid, its reply is dropped. */
void http_conn_close(struct http_conn *conn);
/* Its deadline has passed. */
void http_conn_expire(struct http_conn *conn);
/* Sends a reply's bytes and goes on: to the next request, or to the end if `is_closing`. */
void http_conn_write(struct http_conn *conn, struct str head, struct str body);
void exchange_free(struct exchange *exchange);

/* reply.c */

/* Answers with a problem before any handler has seen the request, and ends the connection.
 * `bytes`: the request so far, or empty. `fault`: what is wrong (static text), or NULL. */
void reply_refuse(struct http_conn *conn, struct str bytes, enum code code, const char *fault);
