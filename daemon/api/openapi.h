#pragma once
#include "base/str.h"

/* Writes the OpenAPI 3.1 document of all routes from the route, action, field and reply tables.
 * `is_dev` includes the routes that exist with --dev only. */
void openapi_write(struct buf *out, bool is_dev);
