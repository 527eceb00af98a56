#pragma once
/* The catalogue's tables, row by row, into the snapshot. */

#include "catalogue/snapshot.h"
#include "pg/row.h"

/* A text or texts, copied into the snapshot, which outlives the rows. */
struct str snapshot_text(struct catalogue *cat, struct pg_row row, const char *column);
struct texts snapshot_texts(struct catalogue *cat, struct pg_row row, const char *column);

/* Columns valid_from and valid_to: NULL ends are open. */
struct cat_validity row_validity(struct pg_row row);

/* How many rows from this one on have the same id in `column`: tables come grouped by it. */
size_t row_group(struct pg_row row, const char *column);

/* One function a table, counting `t` up row by row: not 0 when a row refers to nothing or holds a
 * value that does not fit; the tables' constraints forbid both. */
typedef int catalogue_load_fn(struct catalogue *cat, struct pg_row *t, size_t count);

/* load_site.c */
catalogue_load_fn load_sites, load_days, load_offsets, load_resources, load_parts, load_openings,
    load_tariffs;
/* load_rules.c */
catalogue_load_fn load_rules, load_quotas;
/* load_people.c */
catalogue_load_fn load_firms, load_facts, load_groups, load_people, load_tokens,
    load_qualifications;
/* load_support.c */
catalogue_load_fn load_programmes, load_funders, load_budgets;
