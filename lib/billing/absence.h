#pragma once
/* What a firm owes for time that it booked and did not use: a late cancellation or a no-show. The
 * amount was agreed when it was booked; what others used of the time is credited. No programme
 * supports absence. */

#include "base/code.h"
#include "base/json.h"
#include "billing/tariff.h"

enum bill_absence_kind { BILL_LATE_CANCELLATION, BILL_NO_SHOW };
/* The usage's kinds in the database and in JSON, by enum value, NULL at the end. */
extern const char *const bill_absence_names[];

struct bill_absence {
    enum bill_absence_kind kind;
    struct uuid booking;
    struct bill_span booked;
    int64_t since_us; /* cancelling was free until then; or by then nobody had come */
    int64_t agreed;   /* the fee as the booking has it */
    int64_t resold_s; /* what others used of the time that became free */
    int64_t waived;   /* what a dispute took off, besides the credit */
    int64_t fee;      /* what is charged: `agreed` less the credit and `waived` */
};

/* One sentence: "Late cancellation, 2 h booked: 5,000 KRW (10,000 KRW, less 5,000 KRW for 1 h that
 * others used)" or its Korean form; without the full stop. What a dispute took off comes after it.
 */
void bill_absence_sentence(const struct bill_absence *absence, const char *currency,
                           enum language language, struct buf *out);

/* The members of the line's rule: booking, start, end, since, agreed, resold_s, credit, and
 * waived where a dispute took something off. */
void bill_absence_rule(const struct bill_absence *absence, struct jsonw *w);
