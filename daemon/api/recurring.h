#pragma once
/* What happens again and again by an RFC 5545 rule: series of bookings, outages. The local time of
 * the start is kept when the clocks change, and every one lasts as long as the first. */

#include "api/call.h"
#include "calendar/span.h"

#define RECURRING_MOST 365

struct recurring {
    const struct cat_site *site; /* whose clock it goes by */
    int64_t start_us, end_us;    /* of the first one; end after start */
    struct str rule;             /* ptr NULL: it happens once */
    struct field_list except;    /* struct str[]: starts, or whole dates, that are left out */
};

/* clang-format off */
#define RECURRING_FIELDS(st)                                                                       \
    {"rrule", FT_TEXT, 0, 1, 1000, 0, offsetof(st, rrule), 0, NULL, NULL,                          \
     "RFC 5545 recurrence rule, as `FREQ=WEEKLY;BYDAY=MO,WE;COUNT=10`: the starts that it names "  \
     "from `start` on, in the site's local time. One without COUNT and UNTIL ends with the time "  \
     "that the calendar reaches ahead."},                                                          \
    {"exdates", FT_TEXTS, 0, 10, 40, 0, offsetof(st, exdates), RECURRING_MOST, NULL, NULL,         \
     "Starts that the rule names and that are left out: instants, or dates of the site."}
/* clang-format on */

/* All spans in order of time, in the call's arena. Violations, with the pointers /start, /rrule and
 * /exdates/0: those of ical_expand(), beyond_horizon or in_the_past for a start that the catalogue
 * does not reach, bad_format of what is left out, end_not_after_start. False: refused. */
bool recurring_spans(struct call *call, const struct recurring *recurring, struct cal_spans *ret);

/* As parameters: the starts, and the ends. */
void recurring_bind(struct call *call, struct cal_spans spans);
