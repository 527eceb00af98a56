#pragma once
/* A tariff version: the dated price of a resource, never changed once something was priced with it.
 * It is plain data; rate.c is the only place that knows what it means. Bands, steps and factors are
 * further members here and further stages there. */

#include "base/id.h"
#include "base/ratio.h"

/* Outcomes that all of billing shares. */
enum {
    BILL_E_RANGE = 1, /* an amount or product does not fit (an amount: 2^31 - 1 at most a usage) */
    BILL_E_UNPRICED =
        2, /* no tariff holds for a part of the usage: a problem for finance, never 0 */
    BILL_E_BAD_SPAN = 3, /* a span ends before it starts, or the spans are not in order */
};

#define BILL_AMOUNT_MAX INT64_C(2147483647) /* of one usage; money_split() weighs by it */

enum bill_rounding {
    BILL_EXACT,  /* as it is */
    BILL_MINUTE, /* whole minutes: seconds dropped at both ends, at least 1 */
    BILL_BLOCK,  /* started blocks of block_s, from the start of the usage */
};

enum bill_tax_kind {
    BILL_TAXABLE,
    BILL_ZERO_RATED,
    BILL_EXEMPT,
};
#define BILL_TAX_KINDS 3

struct bill_span {
    int64_t from_us;
    int64_t to_us; /* half-open */
};

struct bill_tariff {
    struct uuid id;
    struct bill_span valid; /* local days as instants; INT64_MIN and INT64_MAX: without end */
    int64_t time_unit_s;    /* the price is for this long */
    struct ratio price;
    enum bill_rounding rounding;
    int64_t block_s; /* BILL_BLOCK only */
    int64_t setup_fee;
    int64_t minimum_fee;
    enum bill_tax_kind tax_kind;
    bool charges_unused; /* set-up and minimum fall due without any use too */
};

/* The names of the database and of JSON, by enum value, NULL at the end. */
extern const char *const bill_rounding_names[];
extern const char *const bill_tax_kind_names[];
