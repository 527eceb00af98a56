#pragma once
#include "api/call.h"

/* The server's handler: walks one request through the steps of api/action.h. `arg` is the api. */
void api_dispatch(void *arg, struct http_request *request);

/* Tries a call again, with the catalogue that is in force now. */
void api_retry(struct call *call);
