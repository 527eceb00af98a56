#pragma once
/* What the files of this folder share. */

#include "booking/wish.h"

/* The member's rules for a booking that starts at `at_us`: its own; where it has none, and need not
 * have any, nothing but hours counts, with the pads of the main resource. */
struct cal_rules wish_rules_at(const struct wish_bundle *bundle, const struct wish_member *member,
                               int64_t at_us);

/* Is the person who asks of the lab, and has given a reason to overrule? */
bool wish_is_staff(const struct wish_ask *ask);
bool wish_overrules(const struct wish_ask *ask);

/* Is a qualification asked of the person at all? Not of staff, nor where staff work at the
 * instrument. */
bool wish_needs_qualification(const struct wish_ask *ask);

/* Fees, deadlines, approvals and status, of the price that the wish has by now. */
void wish_terms(const struct wish_ask *ask, const struct wish_bundle *bundle, struct arena *arena,
                struct wish *wish);
