#pragma once
/* One request, as data. A route (routes.c) says which action a method and path means and who may
 * take it; an action (one row each, in the file of its resource) says what it reads, which one
 * statement it runs and how the rows become JSON. dispatch.c walks every request through the same
 * steps:
 *
 *   match -> authenticate -> may they? -> decode query and body -> prepare (domain rules, bind) ->
 *   one statement -> encode
 *
 * The same rows print /v1/openapi.json. */

#include "base/field.h"
#include "catalogue/catalogue.h"
#include "http/http.h"
#include "pg/pg.h"

struct api;
struct call;

/* How far a role reaches on a route: not at all, its own firm's objects, everybody's. */
enum reach { REACH_NONE, REACH_OWN, REACH_ALL };

struct route {
    enum http_method method;
    const char *path;
    const struct action *action;
    bool is_public; /* no token needed; sees no firm's data */
    unsigned char reach[CAT_ROLE_COUNT];
};

extern const struct route api_routes[];
extern const size_t api_route_count;

enum reply_type {
    RT_END,
    RT_TEXT,
    RT_INT,
    RT_BOOL,
    RT_UUID,
    RT_INSTANT,
    RT_DATE,
    RT_MONTH,
    RT_TEXTS,
    RT_JSON,
    RT_HIDDEN, /* a column for the daemon, not for the reader */
    RT_EXTRA,  /* no column: the call's own text, for what the database must not see */
    RT_TRIAL,  /* no column: true when nothing was stored (call->is_trial) */
};

/* One column of the statement and member of the JSON object; in the statement's order. */
struct reply_field {
    const char *name;
    enum reply_type type;
    bool is_nullable;
    const char *help;
};

#define REPLY_END                                                                                  \
    {                                                                                              \
        NULL, RT_END, false, NULL                                                                  \
    }

enum action_flags {
    ACTION_LIST = 1 << 0,  /* {"items": [...]}, cursor in the column `cursor`, Link: rel="next" */
    ACTION_KEYED = 1 << 1, /* takes Idempotency-Key */
    ACTION_MATCH = 1 << 2, /* needs If-Match */
    ACTION_OUTCOME =
        1 << 3, /* the statement's first columns are outcome, pointer, limit_value, actual_value */
    ACTION_DEV = 1 << 4,       /* 404 without --dev */
    ACTION_BARE = 1 << 5,      /* works without a catalogue and a database */
    ACTION_CREATES = 1 << 6,   /* 201 */
    ACTION_ACCEPTS = 1 << 7,   /* 202 */
    ACTION_TEXT = 1 << 8,      /* the reply is text/plain */
    ACTION_SECRET = 1 << 13,   /* a public route whose path is the secret: not for shared caches */
    ACTION_CHILDREN = 1 << 10, /* a list of something's parts: no row, no such thing (404); a row
                                * whose first column is null: it is there, and has none */
    ACTION_RENEWS =
        1 << 9, /* changes the catalogue: the reply waits until the new one is in force */
    ACTION_SHARED =
        1 << 11, /* may share a commit with others; the outcome `busy`: nothing was done
                  * since it would have had to wait for a lock, it is sent again alone */
};

#define ACTION_REFUSALS_MAX 32

struct action {
    const char *id;  /* operationId, unique */
    const char *tag; /* group in the OpenAPI document */
    const char *summary;
    unsigned flags;
    const char *location; /* "/v1/bookings/": Location of a new object is this and its id */
    const char *cursor;   /* a list's parameter that its Link header sets; NULL: "cursor" */
    const struct field
        *query; /* query parameters, or NULL; a list's struct starts with struct page */
    size_t query_size;
    const struct field *body; /* request body, or NULL */
    size_t body_size;
    size_t body_max; /* bytes; 0: API_BODY_MAX */
    const struct pg_stmt *stmt;
    /* What a key was answered before (call_bind_key()), as `stmt` would; no row: nothing. It is
     * asked when prepare refuses a request with a key, since what is done stays done. */
    const struct pg_stmt *known;
    const struct reply_field *reply;
    const char *reply_name;                  /* schema name in the OpenAPI document: "Booking" */
    enum code refusals[ACTION_REFUSALS_MAX]; /* beyond those that every route can have */
    /* What prepare has to know of the object first: one read, whose rows are then call->looked;
     * none: 404. look_at() binds its parameters; false: there is nothing to look at, or it has
     * refused. */
    const struct pg_stmt *look;
    bool (*look_at)(struct call *call);
    /* Domain rules, then call_bind() of every parameter. False: the problem is filled, and that is
     * the answer. True with violations and call->is_trial: the statement tells what it finds wrong
     * too. */
    bool (*prepare)(struct call *call);
    /* Answers from memory and ends the call: true; false: the statement has to be asked. */
    bool (*serve)(struct call *call);
    /* A reply that is not JSON: its type, and how the rows become its bytes. */
    const char *content_type;
    void (*render)(const struct call *call, const struct pg_rows *rows, struct buf *out);
    /* Members of a list's object before its "items", and their description. */
    const struct reply_field *preface_reply;
    void (*preface)(const struct call *call, struct jsonw *w);
    /* After a success, before the reply is sent; `json` is its body. */
    void (*committed)(struct call *call, const struct pg_rows *rows);
    void (*remember)(struct call *call, struct str json, const char *etag);
    /* False: not yet; prepare and the statement are run again a little later, until the call's
     * deadline. */
    bool (*is_finished)(struct call *call, const struct pg_rows *rows);
};

#define API_BODY_MAX ((size_t)64 * 1024)

/* Limit and cursor of a list: rows of its query table, first member of its query struct. */
struct page {
    int64_t limit;
    struct str cursor;
};
struct page_query { /* of a list without filters */
    struct page page;
};
#define PAGE_FIELDS(st)                                                                            \
    {"limit",                                                                                      \
     FT_INT,                                                                                       \
     FIELD_DEFAULT,                                                                                \
     1,                                                                                            \
     500,                                                                                          \
     100,                                                                                          \
     offsetof(st, page.limit),                                                                     \
     0,                                                                                            \
     NULL,                                                                                         \
     NULL,                                                                                         \
     "Most items of one page."},                                                                   \
    {                                                                                              \
        "cursor", FT_TEXT, 0, 1, 200, 0, offsetof(st, page.cursor), 0, NULL, NULL,                 \
            "Where the next page starts: from the Link header of the page before."                 \
    }
