#include "jobs/funding.h"

#include "schema/queries.h"

struct year_funds *funding_year(struct funding *funding, int64_t fiscal_year)
{
    size_t i = 0;
    while (i < funding->year_count && funding->years[i].fiscal_year != fiscal_year)
        i++;
    return i < funding->year_count ? &funding->years[i] : NULL;
}

/* Makes room for a year, unless it is there. */
static void add_year(struct funding *funding, int64_t fiscal_year, struct arena *arena)
{
    if (funding_year(funding, fiscal_year))
        return;
    struct year_funds *year = &funding->years[funding->year_count++];
    size_t count = funding->programme_count;
    year->fiscal_year = fiscal_year;
    year->funds = arena_array(arena, count + 1, sizeof(*year->funds));
    year->budgets = arena_array(arena, count + 1, sizeof(*year->budgets));
    for (size_t i = 0; i < count; i++) {
        size_t funders = funding->programmes[i].funder_count;
        year->funds[i].firm_left = BILL_NO_LIMIT;
        year->funds[i].funder_left = arena_array(arena, funders + 1, sizeof(int64_t));
        year->budgets[i] = arena_array(arena, funders + 1, sizeof(struct uuid));
    }
}

/* What the bookings hold in a budget. */
static int64_t own_holds(const struct pg_rows *holds, struct uuid budget,
                         const struct uuid *bookings, size_t booking_count)
{
    int64_t sum = 0;
    for (struct pg_row row = {holds, 0}; row.row < pg_row_count(holds); row.row++) {
        if (!uuid_eq(pg_row_uuid(row, "budget_id"), budget))
            continue;
        struct uuid booking = pg_row_uuid(row, "booking_id");
        size_t i = 0;
        while (i < booking_count && !uuid_eq(bookings[i], booking))
            i++;
        if (i < booking_count)
            sum += pg_row_int(row, "held");
    }
    return sum;
}

/* One budget of the table: into its programme's and funder's place. */
static void add_budget(struct funding *funding, struct pg_row row, int64_t held)
{
    struct uuid programme = pg_row_uuid(row, "programme_id");
    struct uuid funder = pg_row_uuid(row, "funder_id");
    struct year_funds *year = funding_year(funding, pg_row_int(row, "fiscal_year"));
    int64_t cap = pg_row_int_or(row, "firm_year_cap", BILL_NO_LIMIT);
    bool is_open = !pg_row_bool(row, "is_closed");
    for (size_t i = 0; year && i < funding->programme_count; i++) {
        if (!uuid_eq(funding->programmes[i].id, programme))
            continue;
        struct bill_funds *funds = &year->funds[i];
        if (funds->firm_left == BILL_NO_LIMIT)
            funds->firm_left = cap;
        if (funds->firm_left != BILL_NO_LIMIT)
            funds->firm_left -= pg_row_int(row, "firm_drawn") + pg_row_int(row, "firm_held") - held;
        for (size_t k = 0; k < funding->programmes[i].funder_count; k++) {
            if (!uuid_eq(funding->programmes[i].funders[k].id, funder) || !is_open)
                continue;
            funds->funder_left[k] = pg_row_int(row, "balance") + held;
            year->budgets[i][k] = pg_row_uuid(row, "budget_id");
        }
    }
}

/* A cap that other bookings have used up leaves nothing, not less than nothing. */
static void floor_caps(struct funding *funding)
{
    for (size_t i = 0; i < funding->year_count; i++) {
        for (size_t k = 0; k < funding->programme_count; k++) {
            struct bill_funds *funds = &funding->years[i].funds[k];
            funds->firm_left = funds->firm_left < 0 ? 0 : funds->firm_left;
        }
    }
}

int funding_read(struct jobs *jobs, struct uuid site, struct uuid firm, const struct uuid *bookings,
                 const int64_t *years, size_t count, struct arena *arena, struct funding *ret)
{
    const struct pg_rows *rows, *holds;
    const struct pg_param of_site[] = {pg_uuid(site), pg_uuid(firm), pg_ints(years, count)};
    const struct pg_param of_firm[] = {pg_uuid(firm)};
    int result = jobs_query(jobs, &q_billing_holds, of_firm, arena, &holds);
    if (result == 0)
        result = jobs_query(jobs, &q_billing_funds, of_site, arena, &rows);
    if (result)
        return result;
    *ret = (struct funding){.years = arena_array(arena, count + 1, sizeof(*ret->years))};
    ret->programmes = catalogue_programmes(jobs->catalogue, site, &ret->programme_count);
    for (size_t i = 0; i < count; i++)
        add_year(ret, years[i], arena);
    for (struct pg_row row = {rows, 0}; row.row < pg_row_count(rows); row.row++) {
        struct uuid budget = pg_row_uuid(row, "budget_id");
        add_budget(ret, row, own_holds(holds, budget, bookings, count));
    }
    floor_caps(ret);
    return 0;
}
