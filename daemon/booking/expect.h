#pragma once
/* What a booking is expected to cost and which budgets it wants to hold: the same function as the
 * bill, over the booked time. Budgets are taken as full here; what they can really give is settled
 * by the booking's statement, which holds at most their balance. */

#include "catalogue/catalogue.h"

#define EXPECT_HOLDS_MAX 64

struct expectation {
    int64_t fee;
    struct str price;                     /* JSON: what bill_explain() says */
    struct uuid budget[EXPECT_HOLDS_MAX]; /* by priority of the programmes, then by funder */
    int64_t wanted[EXPECT_HOLDS_MAX];
    size_t hold_count;
};

/* The price of `resource` for the span, which is not empty. Texts are in the arena.
 * 0, or an outcome of bill_quote(): BILL_E_UNPRICED, BILL_E_RANGE. */
must_check int expect_price(const struct catalogue *catalogue, const struct cat_resource *resource,
                            const struct cat_firm *firm, struct cal_span span, struct arena *arena,
                            struct expectation *ret);

/* Of a price that was promised before: what is wanted of the budgets is never more than it. */
void expect_promised(struct expectation *expected, int64_t fee, struct str price);
