#pragma once
/* What the budgets have for one firm: per fiscal year and programme, as the rating wants it, with
 * the budgets' ids beside it. */

#include "jobs/inside.h"

/* The funds of one fiscal year, one entry a programme of the site. */
struct year_funds {
    int64_t fiscal_year;
    struct bill_funds *funds;
    struct uuid **budgets; /* [programme][funder]; nil: there is no budget */
};

struct funding {
    const struct bill_programme *programmes;
    size_t programme_count;
    struct year_funds *years;
    size_t year_count;
};

/* Reads the budgets of the site's programmes for `count` usages, given by booking and fiscal year,
 * and what they have left for the firm. What the bookings hold counts as theirs to draw: their
 * invoice releases it. 0, JOBS_E_REFUSED or -EIO. */
must_check int funding_read(struct jobs *jobs, struct uuid site, struct uuid firm,
                            const struct uuid *bookings, const int64_t *years, size_t count,
                            struct arena *arena, struct funding *ret);

/* The funds of one of the years that were read for; without money when there is no budget. */
struct year_funds *funding_year(struct funding *funding, int64_t fiscal_year);
