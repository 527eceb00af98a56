#pragma once
#include "api/call.h"

/* The server's handler: walks one request through the steps of api/action.h. `arg` is the api. */
void api_dispatch(void *arg, struct http_request *request);

/* How long a body the server reads for a request: what its action takes; more than API_BODY_MAX
 * only from who may take the action. `arg` is the api. */
size_t api_body_limit(void *arg, const struct http_request *request);

/* Asks the database for more: a read in the call's scope. `taker` gets how it ended, and ends the
 * call or asks again. */
void call_ask(struct call *call, const struct pg_stmt *stmt, const struct pg_param *params,
              call_taker *taker);

/* Tries a call again, with the catalogue that is in force now. */
void api_retry(struct call *call);
