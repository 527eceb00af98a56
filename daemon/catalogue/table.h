#pragma once
/* A table of the catalogue being read: columns by name, one row at a time. Texts are copied into
 * the snapshot. */

#include "catalogue/snapshot.h"
#include "pg/pg.h"

struct table {
    const struct pg_rows *rows;
    int row;
};

/* Readers of a column of the present row. A NULL reads as 0, false, nil, INSTANT_NONE, INT32_MIN,
 * empty. */
int64_t table_int(const struct table *t, const char *name);
bool table_bool(const struct table *t, const char *name);
struct uuid table_uuid(const struct table *t, const char *name);
int64_t table_instant(const struct table *t, const char *name);
int32_t table_day(const struct table *t, const char *name);
struct str table_text(struct catalogue *cat, const struct table *t, const char *name);
struct bill_texts table_texts(struct catalogue *cat, const struct table *t, const char *name);

/* The integer, or `fallback` for a NULL. */
int64_t table_int_or(const struct table *t, const char *name, int64_t fallback);

/* Columns valid_from and valid_to: NULL ends are open. */
struct cat_validity table_validity(const struct table *t);

/* The index of a word in a NULL-terminated list; the database's constraints allow no other. */
int table_enum(const struct table *t, const char *name, const char *const *names);

/* How many rows from this one on have the same id in column `name`: tables come grouped by it. */
size_t table_group(const struct table *t, const char *name);

/* One function a table: not 0 when a row refers to nothing or holds a value that does not fit; the
 * tables' constraints forbid both. */
typedef int catalogue_load_fn(struct catalogue *cat, struct table *t, size_t count);

/* load_site.c */
catalogue_load_fn load_sites, load_days, load_resources, load_openings, load_rules, load_tariffs;
/* load_people.c */
catalogue_load_fn load_firms, load_facts, load_people, load_tokens, load_qualifications;
/* load_support.c */
catalogue_load_fn load_programmes, load_funders, load_budgets;
