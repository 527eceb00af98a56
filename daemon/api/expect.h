#pragma once
/* What a booking is expected to cost and which budgets it wants to hold: the same function as the
 * bill, over the booked time. Budgets are taken as full here; what they can really give is settled
 * by the booking's statement, which holds at most their balance. */

#include "api/call.h"

#define EXPECT_HOLDS_MAX 64

struct expectation {
    struct bill_invoice price;
    struct str explain; /* JSON: {"price": bill_explain(), "overrides": [codes]} */
    struct uuid budget[EXPECT_HOLDS_MAX]; /* by priority of the programmes, then by funder */
    int64_t wanted[EXPECT_HOLDS_MAX];
    size_t hold_count;
};

/* False with the problem filled: no tariff on that day, or an amount out of range. */
bool expect_price(struct call *call, const struct cat_resource *resource,
                  const struct cat_firm *firm, int64_t start_us, int64_t end_us,
                  const struct cal_overrides *overrides, struct expectation *ret);
