#pragma once
/* From a statement's rows to the reply. */
#include "api/action.h"

/* The statement's end: rows, refusals or a failure become the one reply of the call. */
void call_answer(struct call *call, const struct pg_reply *reply);

/* Replies with call->problem and ends the call. */
void call_finish_problem(struct call *call);

/* Replies 200 (or 304) with JSON that is ready, and ends the call. `etag` includes its quotes. */
void call_finish_json(struct call *call, struct str json, const char *etag);

/* Replies 200 with bytes of another type that must not be kept by anyone, and ends the call. */
void call_finish_bytes(struct call *call, const char *content_type, struct str bytes);

/* 405 with Allow. */
void answer_not_allowed(struct http_request *request, unsigned allowed);

/* The entity tag of bytes: "\"<16 hex>\"". */
#define ETAG_MAX 24
void etag_of(struct str bytes, char etag[ETAG_MAX]);
