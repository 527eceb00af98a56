#pragma once
/* --dev: the clock that one process sets and every process follows, as it stands in the database.
 */

#include "clock.h"
#include "pg/row.h"

/* A row of dev_clock_get or dev_clock_set. */
struct clock_setting dev_clock_read(struct pg_row row);

/* Follows the clock of these rows; without a row it stays as it is. */
void dev_clock_follow(const struct pg_rows *rows);
