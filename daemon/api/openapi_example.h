#pragma once
/* Examples in the OpenAPI document, made from the tables: each field's value goes by its name where
 * that says more than its type. */

#include "api/action.h"

/* An action's request body: the fields that are needed, or what the table of bodies says. */
void example_body(const struct action *action, struct jsonw *w, const char *key);

/* A query parameter. */
void example_parameter(const struct field *row, struct jsonw *w, const char *key);

/* One object of a reply; what may be null mostly is. */
void example_reply(const struct reply_field *reply, struct jsonw *w, const char *key);

/* Its members without the braces: what stands before a list's items. */
void example_members(const struct reply_field *reply, struct jsonw *w);
