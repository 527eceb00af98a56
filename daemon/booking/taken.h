#pragma once
/* What is taken of a resource, from the rows of the query units_taken, as the search for slots
 * wants it. */

#include "calendar/availability.h"
#include "catalogue/catalogue.h"
#include "pg/row.h"

/* When not one of the resource's units is free: a member's `full`. In the arena. */
struct cal_spans taken_full(const struct pg_rows *rows, const struct cat_resource *resource,
                            struct arena *arena);
