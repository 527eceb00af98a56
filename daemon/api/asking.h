#pragma once
/* What bookings, quotes, series and the waiting list ask for, as requests name it: one set of
 * fields, and how they become a wish. */

#include "api/call.h"
#include "booking/wish.h"

/* First member of a body's struct; a time goes with it, which is each body's own. */
struct asking {
    struct str resource, firm, person;
    struct field_list with;
    int mode;
    struct str purpose, configuration;
};

/* clang-format off */
#define ASKING_FIELDS(st)                                                                          \
    {"resource", FT_TEXT, FIELD_NEEDED, 1, 64, 0, offsetof(st, asking.resource), 0, NULL, NULL,    \
     "Code or id of the resource."},                                                               \
    {"with", FT_TEXTS, 0, 1, 64, 0, offsetof(st, asking.with), WISH_WITH_MAX, NULL, NULL,          \
     "Further resources of the site for the same time: all of it, or nothing."},                   \
    {"firm", FT_TEXT, 0, 1, 64, 0, offsetof(st, asking.firm), 0, NULL, NULL,                       \
     "Code or id of the firm: needed from staff, for others their own."},                          \
    {"person", FT_TEXT, 0, 1, 64, 0, offsetof(st, asking.person), 0, NULL, NULL,                   \
     "Staff only: which of the firm's people it is for; themselves when absent."},                 \
    {"mode", FT_ENUM, FIELD_DEFAULT, 0, 0, WISH_SELF, offsetof(st, asking.mode), 0,                \
     wish_mode_names, NULL, "Who works at the instrument."},                                       \
    {"purpose", FT_TEXT, 0, 1, 500, 0, offsetof(st, asking.purpose), 0, NULL, NULL,                \
     "What for; shown to the lab and the firm."},                                                  \
    {"configuration", FT_TEXT, 0, 1, 100, 0, offsetof(st, asking.configuration), 0, NULL, NULL,    \
     "One of the resource's configurations, where it has some."}
/* clang-format on */

/* Query of what can be tried without being stored: row and struct. */
struct trial_query {
    bool dry_run;
};
extern const struct field trial_query[];

/* Who asks for what: everything of `ret` but the time. False: refused, as something named does not
 * exist or is not theirs. */
bool asking_read(struct call *call, const struct asking *asking, struct wish_ask *ret);

/* The resources named by codes or ids, into `ret`; false: refused. */
bool asking_with(struct call *call, struct field_list names, struct wish_ask *ret);

/* Makes the wish and binds what statements over one begin with: key ($1 to $3), now, version of the
 * catalogue, is it a trial. A dry run stores no key. The wish itself is bound by
 * asking_bind_wish(). False: refused for good. */
bool asking_begin(struct call *call, const struct wish_ask *ask, bool is_dry_run,
                  struct wish *ret_wish);
void asking_bind_wish(struct call *call, const struct wish *wish);

/* Reply rows of a booking, and the codes that a wish may be refused with. */
extern const struct reply_field booking_reply[];
#define WISH_REFUSALS                                                                              \
    CODE_taken, CODE_end_not_after_start, CODE_in_the_past, CODE_beyond_horizon,                   \
        CODE_notice_too_short, CODE_duration_too_short, CODE_duration_too_long, CODE_off_grid,     \
        CODE_closed, CODE_not_qualified, CODE_not_eligible, CODE_firm_blocked,                     \
        CODE_firm_suspended, CODE_firm_unpaid, CODE_quota_count, CODE_quota_time,                  \
        CODE_gap_too_short, CODE_not_bookable, CODE_unpriced, CODE_unknown_reference,              \
        CODE_missing_field
