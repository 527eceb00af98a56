#pragma once
/* Rating: from usage and tariff to lines. One fixed order: quantity, lines split where the price
 * changes, extras, minimum. Each line is an exact quantity times an exact price, rounded half away
 * from zero once. */

#include "base/arena.h"
#include "billing/absence.h"

enum bill_line_kind {
    BILL_LINE_USE,
    BILL_LINE_SETUP,
    BILL_LINE_MINIMUM, /* what is missing up to the minimum */
    BILL_LINE_FEE,     /* of time that was booked and not used */
};
extern const char *const bill_line_kind_names[];

#define BILL_UNIT_MAX 24

struct bill_line {
    enum bill_line_kind kind;
    const struct bill_tariff *tariff;   /* the rule that made it; outlives the line */
    struct ratio quantity;              /* in `unit` */
    char unit[BILL_UNIT_MAX];           /* "h", "min", "s", "d", "1800 s", or "each" */
    struct ratio price;                 /* of one unit */
    int64_t used_us;                    /* use lines: time before rounding ... */
    int64_t billed_us;                  /* ... and after it */
    int64_t waived_us;                  /* what a dispute had taken off before */
    const struct bill_absence *absence; /* fee lines; outlives the line */
    int64_t fee;
    /* Filled by support and tax; 0 after rating. */
    int64_t support;
    int64_t own_share; /* fee - support; = fee after rating */
    int64_t tax;
};

/* Lines live in the arena. */
struct bill_fee {
    struct bill_line *lines;
    size_t count;
    int64_t total;
};

/* What was used, as the charge basis picked it. Either the spans (sorted, not overlapping), or,
 * when there are none, a plain duration at the tariff of `service_us`; or, instead of a use, what
 * is owed for its absence. */
struct bill_usage {
    const struct bill_span *spans;
    size_t span_count;
    int64_t billable_s;
    int64_t waived_s;   /* of a plain duration: what a dispute took off, for the explanation */
    int64_t service_us; /* its tariff gives set-up and minimum: the start of the usage */
    const struct bill_absence *absence; /* NULL: it was used */
};

/* Rates `usage` with the versions in `tariffs` (sorted by time, not overlapping; they outlive the
 * fee).
 *
 * One use line a version: spans are cut at the versions' borders. Parts of a second are dropped;
 * minutes and blocks are counted over the whole usage: the least minute is charged once, and a
 * block belongs to the version in which it starts. Set-up and minimum are charged once, of the
 * version that holds at `service_us`. No use: no line, unless that version charges_unused. Absence
 * is one line of its fee, none when that is 0; the version at `service_us` gives its tax kind.
 * 0, BILL_E_RANGE, BILL_E_UNPRICED or BILL_E_BAD_SPAN. */
must_check int bill_rate(const struct bill_tariff *tariffs, size_t tariff_count,
                         const struct bill_usage *usage, struct arena *arena, struct bill_fee *ret);
