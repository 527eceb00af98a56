#pragma once
/* Path templates: "/v1/bookings/{id}/cancel" -> the caller's row. */

#include "http/http.h"

struct http_router;

#define ROUTER_PARAMS_MAX 4

struct route_match {
    void *row;                           /* as given to http_router_add */
    struct str param[ROUTER_PARAMS_MAX]; /* in the template's order, views into the path */
    size_t param_count;
    unsigned allowed; /* bit per http_method that this path has */
};

struct http_router *http_router_new(void);
void http_router_free(struct http_router *router);
/* Templates are checked: a duplicate (method, template) ends the process (a programming error). */
void http_router_add(struct http_router *router, enum http_method method, const char *template,
                     void *row);
/* True: found, row set. False: `allowed` is 0 (404) or not (405). A HEAD finds the GET's row. */
bool http_router_match(const struct http_router *router, enum http_method method, struct str path,
                       struct route_match *ret);
