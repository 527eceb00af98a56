#pragma once
/* Rows to JSON by the action's reply table, straight from PostgreSQL's binary format. */
#include "api/action.h"

/* The statement's columns are the reply table's, in order, from column `first` on. False: they are
 * not (a mistake of ours), with the first difference in `fault`. */
bool encode_check(const struct reply_field *reply, const struct pg_rows *rows, int first,
                  struct buf *fault);

/* Writes one row as an object; `extra` and `is_trial` are the values of members without a column.
 */
void encode_row(const struct reply_field *reply, const struct pg_rows *rows, int row, int first,
                struct str extra, bool is_trial, struct arena *arena, struct jsonw *w);

/* Columns of the outcome of a writing statement, before the reply's. */
enum { OUTCOME, OUTCOME_POINTER, OUTCOME_LIMIT, OUTCOME_ACTUAL, OUTCOME_COLUMNS };
