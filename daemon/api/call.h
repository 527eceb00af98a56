#pragma once
/* One request on its way through the steps. It lives in the request's arena and ends with the
 * reply. */

#include "api/action.h"

#define CALL_PARAMS_MAX 64

struct call;
struct slots;
struct wish_ask;

/* What a call does with the rows that it has asked for, see call_ask(). */
typedef void call_taker(struct call *call, const struct pg_reply *reply);

struct call {
    struct api *api;
    struct http_request *request;
    struct arena *arena;
    const struct route *route;
    const struct action *action;
    struct catalogue *catalogue;     /* one reference, given back at the end */
    const struct cat_person *person; /* NULL: nobody (public route) */
    enum reach reach;
    int64_t now_us;
    struct str param[4]; /* of the path */
    const void *query;
    const void *body;
    const struct json *body_json;
    struct str key;        /* Idempotency-Key; ptr NULL: none */
    uint8_t body_hash[32]; /* of method, path and body, for the key */
    int64_t match_version; /* If-Match */
    struct problem problem;
    struct pg_param bound[CALL_PARAMS_MAX];
    size_t bound_count;
    struct pg_param scope;
    struct pg_query queries[2];      /* scope, then the action's statement */
    bool is_second_try;              /* after a stale catalogue */
    bool is_alone;                   /* shares no commit any more: the statement was busy */
    const struct pg_rows *looked;    /* what the action looks at first */
    call_taker *taker;               /* of a read that is under way */
    const struct wish_ask *wish_ask; /* other times for it may be suggested; NULL: not */
    struct slots *slots;             /* a search that is under way */
    bool is_trial;            /* the statement stores nothing: a dry run, or the request is refused
                               * already and is to be told of all that is wrong with it */
    struct uuid makes;        /* the id that the statement uses; a reply with another one was given
                               * before, to the same key */
    bool is_refused;          /* by prepare; only what its key was answered before is looked up */
    struct str extra;         /* value of the reply's RT_EXTRA member; ptr NULL: null */
    uint64_t generation;      /* of the calendar cache, before the statement */
    int64_t waits_for;        /* of an action that is not finished at once: for what ... */
    int64_t wait_deadline_us; /* ... and until when (monotonic) */
    struct {                  /* the reply of a call that has ended, until call_release() */
        int status;
        struct str json;
        const char *etag;
    } held;
};

/* A GET or HEAD: changes nothing, so that its outcome is never unknown. */
bool call_is_read(const struct call *call);

/* Appends a parameter of the action's statement. */
void call_bind(struct call *call, struct pg_param param);

/* Adds a violation without limit and actual; returns false, so that prepare can return it. */
bool call_refuse(struct call *call, enum code code, const char *pointer);

/* Binds person, key and request hash: what every keyed statement takes first ($1, $2, $3). */
void call_bind_key(struct call *call);

/* The person named by `ref` (code or id) who is to act for `firm`: themselves, or for staff one of
 * the firm's people; without `ref` themselves. NULL with the problem filled. */
const struct cat_person *call_person(struct call *call, struct str ref, const char *pointer,
                                     const struct cat_firm *firm);

/* Is the person of the lab? */
bool call_is_staff(const struct call *call);

/* Query table and prepare step of a list without filters. */
extern const struct field page_only[];
bool call_bind_page(struct call *call);

/* The firm that this call is for: the person's own, or for staff the one named by `ref` (code or
 * id). NULL with the problem filled when there is none, or it is not theirs. */
const struct cat_firm *call_firm(struct call *call, struct str ref, const char *pointer);

/* The resource named by code or id; NULL with the problem filled. */
const struct cat_resource *call_resource(struct call *call, struct str ref, const char *pointer);

/* The id in path parameter `index`; on a malformed one false, and the answer is 404. */
bool call_path_id(struct call *call, size_t index, struct uuid *ret);

/* Binds path parameter 0, an id; otherwise false, and the answer is 404. For reads by id alone. */
bool call_bind_path_id(struct call *call);

/* The id behind a filter that names a resource or firm; nil when the filter is absent. False:
 * refused. */
bool call_filter_resource(struct call *call, struct str ref, struct uuid *ret);
bool call_filter_firm(struct call *call, struct str ref, struct uuid *ret);

/* Lets go of what the arena does not own; the reply follows at once. */
void call_end(struct call *call);

/* Replies with call->problem / with one code, and ends the call. */
void call_finish_problem(struct call *call);
void call_finish_code(struct call *call, enum code code);

/* Replies with JSON, or bytes of another type; 304 when a reader has it already (the call has ended
 * before). `etag` includes its quotes. */
void call_reply_bytes(struct call *call, int status, const char *content_type, struct str bytes,
                      const char *etag);
void call_reply_json(struct call *call, int status, struct str json, const char *etag);

/* The same in two steps; `json` and `etag` are copied. */
void call_hold_json(struct call *call, int status, struct str json, const char *etag);
void call_release(struct call *call);

/* Replies 200 (or 304) with JSON that is ready, and ends the call. */
void call_finish_json(struct call *call, struct str json, const char *etag);

/* Replies 200 with bytes of another type, and ends the call. */
void call_finish_bytes(struct call *call, const char *content_type, struct str bytes);

/* The entity tag of bytes: "\"<16 hex>\"". */
#define ETAG_MAX 24
void etag_of(struct str bytes, char etag[ETAG_MAX]);
