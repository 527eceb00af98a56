/* The site file: everything a lab is made of, applied whole or not at all. */

#include "api/actions.h"
#include "api/call.h"
#include "api/state.h"
#include "metering/profile.h"
#include "schema/queries.h"

#define SITE_FILE_MAX ((size_t)4 << 20)
#define ROWS_MAX      20000

/* The rows below only check: the document goes to the database as it came, so every value is
 * decoded into the same spare bytes and forgotten. */
union spare {
    struct str text;
    int64_t number;
    struct field_list list;
    struct uuid id;
    struct ratio ratio;
};

#define TEXT(name, flags, min, max, help)                                                          \
    {                                                                                              \
        name, FT_TEXT, flags, min, max, 0, 0, 0, NULL, NULL, help                                  \
    }
#define CODE_OF(name, flags, help)                                                                 \
    {                                                                                              \
        name, FT_CODE, flags, 1, 63, 0, 0, 0, NULL, NULL, help                                     \
    }
#define INT(name, flags, min, max, help)                                                           \
    {                                                                                              \
        name, FT_INT, flags, min, max, 0, 0, 0, NULL, NULL, help                                   \
    }
#define BOOL(name, help)                                                                           \
    {                                                                                              \
        name, FT_BOOL, 0, 0, 0, 0, 0, 0, NULL, NULL, help                                          \
    }
#define DATE(name, flags, help)                                                                    \
    {                                                                                              \
        name, FT_DATE, flags, 0, 0, 0, 0, 0, NULL, NULL, help                                      \
    }
#define INSTANT(name, flags, help)                                                                 \
    {                                                                                              \
        name, FT_INSTANT, flags, 0, 0, 0, 0, 0, NULL, NULL, help                                   \
    }
#define ENUM(name, flags, names, help)                                                             \
    {                                                                                              \
        name, FT_ENUM, flags, 0, 0, 0, 0, 0, names, NULL, help                                     \
    }
#define TEXTS(name, flags, most, help)                                                             \
    {                                                                                              \
        name, FT_TEXTS, flags, 1, 64, 0, 0, most, NULL, NULL, help                                 \
    }
#define RAW(name, flags, help)                                                                     \
    {                                                                                              \
        name, FT_RAW, flags, 0, 0, 0, 0, 0, NULL, NULL, help                                       \
    }
#define LIST(name, rows, help)                                                                     \
    {                                                                                              \
        name, FT_OBJECTS, 0, 0, ROWS_MAX, 0, 0, sizeof(union spare), NULL, rows, help              \
    }
#define NEEDED FIELD_NEEDED

#define VALID_FROM(flags) DATE("valid_from", flags, "First local day on which it holds.")
#define VALID_TO          DATE("valid_to", 0, "First local day after; absent: until the next version.")
#define AMOUNT_MAX        INT64_C(1000000000000)
#define TEN_YEARS_S       INT64_C(315360000)

static const char *const tax_bases[] = {"full_fee", "own_share", NULL};
static const char *const tax_roundings[] = {"floor", "half_away", NULL};
static const char *const kinds[] = {"instrument", "room", "seat", "tool", "operator", NULL};
static const char *const bases[] = {"reserved", "used",   "overage",  "greater",
                                    "union",    "logged", "per_unit", NULL};
static const char *const roundings[] = {"exact", "minute", "block", NULL};
static const char *const tax_kinds[] = {"taxable", "zero_rated", "exempt", NULL};
static const char *const matchings[] = {"loose", "strict", NULL};
static const char *const run_bases[] = {"contact", "power", "both", NULL};

static const struct field site_rows[] = {
    CODE_OF("code", NEEDED, "Readable code."),
    TEXT("name", NEEDED, 1, 200, "Name of the lab."),
    TEXT("zone", NEEDED, 1, 64, "IANA time zone, e.g. Asia/Seoul."),
    TEXT("currency", 0, 3, 3, "ISO 4217 code."),
    INT("fiscal_start_month", 0, 1, 12, "Month in which the fiscal year begins."),
    TEXT("registration_number", 0, 1, 32, "Of the supplier, on invoices."),
    TEXT("address", 0, 1, 300, "Of the supplier, on invoices."),
    INT("truncate_to", 0, 1, 1000000, "Invoice totals are cut to a multiple of this."),
    INT("tax_rate_num", 0, 0, 1000000, "Tax rate, numerator."),
    INT("tax_rate_den", 0, 1, 1000000, "Tax rate, denominator."),
    ENUM("tax_base", 0, tax_bases, "What is taxed."),
    ENUM("tax_rounding", 0, tax_roundings, "How tax is rounded."),
    CODE_OF("holiday_calendar", 0, "Whose holidays are closed; absent: none."),
    INT("strike_count", 0, 1, 1000, "So many missed bookings of a firm ..."),
    INT("strike_window_s", 0, 1, TEN_YEARS_S, "... within this long ..."),
    INT("strike_ban_s", 0, 1, TEN_YEARS_S, "... keep it from booking for this long."),
    INT("unpaid_grace_s", 0, 0, TEN_YEARS_S,
        "An invoice unpaid for longer keeps its firm from booking; absent: it does not."),
    INT("offer_expiry_s", 0, 1, 2678400, "An offer to the waiting list holds so long."),
    INT("review_s", 0, 0, TEN_YEARS_S, "A charge can be disputed so long after it was made."),
    FIELD_END,
};

static const struct field resource_rows[] = {
    CODE_OF("code", NEEDED, "Readable code."),
    ENUM("kind", NEEDED, kinds, "What it is."),
    TEXT("name", NEEDED, 1, 200, "Name in the lab's language."),
    TEXT("name_en", 0, 1, 200, "Name in English."),
    INT("capacity", 0, 0, 1000, "How many can be booked at the same time; 0: only its parts."),
    TEXTS("parts", 0, 8, "Codes of what is taken along."),
    BOOL("is_active", "May be booked at all."),
    ENUM("charge_basis", 0, bases, "Which time is billed."),
    INT("tolerance_s", 0, 0, 86400,
        "Largest difference of logged and metered time that nobody asks about."),
    BOOL("bills_unobserved", "Time that no meter saw is billed, up to what was booked."),
    FIELD_END,
};

static const struct field opening_rows[] = {
    CODE_OF("resource", 0, "Only of this resource, instead of the site's hours."),
    INT("weekday", NEEDED, 1, 7, "1 is Monday."),
    TEXT("opens", NEEDED, 5, 5, "Local time, 09:00."),
    TEXT("closes", NEEDED, 5, 5, "Local time; up to 48:00 for the next day."),
    VALID_FROM(0),
    VALID_TO,
    FIELD_END,
};

static const struct field special_rows[] = {
    CODE_OF("resource", 0, "Only of this resource, instead of the site's."),
    DATE("day", NEEDED, "Local day."),
    TEXT("reason", NEEDED, 1, 200, "Why it is special."),
    TEXT("opens", 0, 5, 5, "Local time, 09:00; absent: closed that day."),
    TEXT("closes", 0, 5, 5, "Local time; up to 48:00 for the next day."),
    FIELD_END,
};

static const struct field rule_rows[] = {
    CODE_OF("resource", NEEDED, "Of which resource."),
    VALID_FROM(0),
    VALID_TO,
    INT("min_s", 0, 0, 31536000, "Shortest booking."),
    INT("max_s", 0, 1, 2678400, "Longest booking; 31 days when absent."),
    INT("grid_s", 0, 1, 86400, "Start and end lie on multiples of this from midnight."),
    INT("notice_s", 0, 0, 31536000, "Least time from now to the start."),
    INT("horizon_s", 0, 1, 31536000, "Most time from now to the start."),
    INT("pad_before_s", 0, 0, 86400, "Set-up, taken before the booking."),
    INT("pad_after_s", 0, 0, 86400, "Tear-down, taken after the booking."),
    BOOL("waives_pads", "Not between two bookings of one firm."),
    INT("gap_s", 0, 0, 31536000, "Least time between two bookings of one person."),
    INT("lock_s", 0, 0, 31536000,
        "The firm can't change or cancel later than this before the start."),
    BOOL("needs_qualification", "Self-use needs a qualification."),
    INT("unused_limit_s", 0, 1, TEN_YEARS_S, "A qualification lapses so long after its last use."),
    INT("never_used_limit_s", 0, 1, TEN_YEARS_S,
        "One that was never used lapses so long after it was given."),
    INT("reminder_s", 0, 1, TEN_YEARS_S, "The person is told so long before."),
    INT("cancel_free_s", 0, 0, 31536000, "Cancelling is free until this long before the start."),
    INT("cancel_fee", 0, 0, AMOUNT_MAX, "Fixed fee of a later cancellation."),
    INT("cancel_share_num", 0, 0, 1000000, "Share of the price on top, numerator."),
    INT("cancel_share_den", 0, 1, 1000000,
        "Share of the price on top, denominator; 100 when absent."),
    BOOL("credits_resale", "What somebody else uses of the time is credited."),
    INT("check_in_s", 0, 0, 31536000, "How early one may check in; absent: at any time."),
    INT("no_show_s", 0, 1, 31536000,
        "Missed when nobody came so long after the start; absent: never."),
    INT("no_show_fee", 0, 0, AMOUNT_MAX, "Fixed fee of a missed booking."),
    INT("no_show_share_num", 0, 0, 1000000, "Share of the price on top, numerator."),
    INT("no_show_share_den", 0, 1, 1000000,
        "Share of the price on top, denominator; 100 when absent."),
    TEXTS("approvals", 0, 8, "Roles that have to agree, in this order."),
    INT("approval_expiry_s", 0, 1, 31536000, "A booking waits so long for them at most."),
    TEXTS("regions", 0, 100, "Only firms of these may book."),
    TEXTS("industries", 0, 100, "Only firms of these, or of codes that begin so, may book."),
    INT("head_count_max", 0, 0, 1000000, "Only firms with at most this many employees may book."),
    TEXTS("groups", 0, 20, "Only firms in one of these groups may book."),
    TEXTS("holiday_groups", 0, 20, "Firms in one of these groups may use it on public holidays."),
    TEXTS("configurations", 0, 50, "One of these has to be chosen."),
    BOOL("takes_waitlist", "One can wait for it."),
    FIELD_END,
};

static const struct field quota_rows[] = {
    CODE_OF("code", NEEDED, "Readable code."),
    VALID_FROM(0),
    DATE("valid_to", 0, "First local day after."),
    ENUM("holder", NEEDED, cat_holder_names, "Whose bookings are counted together."),
    CODE_OF("group", 0, "Only firms of this group."),
    CODE_OF("resource", 0, "Only this resource; absent: all, or all of a kind."),
    ENUM("kind", 0, kinds, "Only resources of this kind."),
    ENUM("period", NEEDED, cat_period_names,
         "Over which local time; ahead: all that have not ended."),
    RAW("weekdays", 0, "List of the weekdays that count, 1 is Monday; absent: all."),
    TEXT("off_from", 0, 5, 5, "Local time of day from which time does not count, 22:00."),
    TEXT("off_to", 0, 5, 5, "... and up to which; on the next day when it is earlier."),
    INT("most_count", 0, 0, 1000000, "Most bookings."),
    INT("most_s", 0, 0, TEN_YEARS_S, "Most time."),
    FIELD_END,
};

static const struct field tariff_rows[] = {
    CODE_OF("resource", NEEDED, "Of which resource."),
    VALID_FROM(NEEDED),
    VALID_TO,
    INT("time_unit_s", NEEDED, 1, 31536000, "The price is for this long."),
    INT("price_num", NEEDED, 0, AMOUNT_MAX, "Price, numerator."),
    INT("price_den", 0, 1, 1000000000, "Price, denominator."),
    ENUM("rounding", NEEDED, roundings, "How time is counted."),
    INT("block_s", 0, 1, 31536000, "Length of a block."),
    INT("setup_fee", 0, 0, AMOUNT_MAX, "Once per usage."),
    INT("minimum_fee", 0, 0, AMOUNT_MAX, "Least fee of a usage."),
    ENUM("tax_kind", 0, tax_kinds, "How it is taxed."),
    BOOL("charges_unused", "Set-up and minimum fall due without use too."),
    FIELD_END,
};

static const struct field firm_rows[] = {
    CODE_OF("code", NEEDED, "Readable code."),
    TEXT("name", NEEDED, 1, 200, "Name."),
    TEXT("registration_number", 0, 1, 32, "Business registration number."),
    BOOL("is_blocked", "May not book."),
    FIELD_END,
};

static const struct field fact_rows[] = {
    CODE_OF("firm", NEEDED, "Of which firm."),
    VALID_FROM(NEEDED),
    VALID_TO,
    TEXT("region", NEEDED, 1, 64, "District."),
    TEXT("industry", NEEDED, 1, 16, "Industry code (KSIC)."),
    INT("head_count", NEEDED, 0, 1000000, "Regular employees."),
    FIELD_END,
};

static const struct field group_rows[] = {
    CODE_OF("firm", NEEDED, "Which firm."),
    CODE_OF("group", NEEDED, "Is in which group."),
    VALID_FROM(0),
    VALID_TO,
    FIELD_END,
};

static const struct field person_rows[] = {
    CODE_OF("code", NEEDED, "Readable code."),
    TEXT("name", NEEDED, 1, 200, "Name."),
    CODE_OF("firm", 0, "Of which firm; absent: of the lab."),
    TEXTS("roles", NEEDED, 7, "What they may do."),
    BOOL("is_active", "May act."),
    FIELD_END,
};

static const struct field qualification_rows[] = {
    CODE_OF("person", NEEDED, "Who."),
    CODE_OF("resource", NEEDED, "For what."),
    INSTANT("valid_from", NEEDED, "From when."),
    INSTANT("valid_to", 0, "Until when."),
    FIELD_END,
};

static const struct field funder_rows[] = {
    CODE_OF("code", NEEDED, "Readable code."),
    TEXT("name", NEEDED, 1, 200, "Name."),
    FIELD_END,
};

static const struct field programme_rows[] = {
    CODE_OF("code", NEEDED, "Readable code."),
    TEXT("name", NEEDED, 1, 200, "Name."),
    VALID_FROM(NEEDED),
    VALID_TO,
    INT("priority", 0, 1, 1000, "Low ones pay first."),
    INT("rate_num", NEEDED, 0, 1000000, "Share of the fee, numerator."),
    INT("rate_den", NEEDED, 1, 1000000, "Share of the fee, denominator."),
    INT("firm_year_cap", 0, 0, AMOUNT_MAX, "Most for one firm in a fiscal year."),
    ENUM("matching", 0, matchings, "What happens when one funder runs dry."),
    BOOL("draws_partially", "Pays what is left when the whole is not there."),
    TEXTS("regions", 0, 100, "Only firms of these."),
    TEXTS("industries", 0, 100, "Only firms of these."),
    INT("head_count_max", 0, 0, 1000000, "Only firms with at most this many employees."),
    INT("hold_expiry_s", 0, 1, 31536000, "Unused holds end this long after the booking."),
    FIELD_END,
};

static const struct field programme_funder_rows[] = {
    CODE_OF("programme", NEEDED, "Of which programme."),
    CODE_OF("funder", NEEDED, "Who pays."),
    INT("weight", NEEDED, 0, INT32_MAX, "Share among the funders."),
    FIELD_END,
};

static const struct field budget_rows[] = {
    CODE_OF("programme", NEEDED, "For which programme."),
    CODE_OF("funder", NEEDED, "Whose money."),
    INT("fiscal_year", NEEDED, 1970, 2199, "Fiscal year."),
    INT("amount", NEEDED, 0, AMOUNT_MAX, "All that was granted, not what is left."),
    FIELD_END,
};

static const struct field profile_rows[] = {
    CODE_OF("code", NEEDED, "Readable code."),
    RAW("doc", NEEDED, "The device profile."),
    FIELD_END,
};

static const struct field meter_rows[] = {
    CODE_OF("code", NEEDED, "Readable code."),
    CODE_OF("resource", NEEDED, "What it watches."),
    CODE_OF("profile", NEEDED, "Its device profile."),
    TEXT("host", NEEDED, 2, 64, "Address of the device or gateway."),
    INT("port", NEEDED, 1, 65535, "TCP port."),
    INT("modbus_unit", NEEDED, 0, 255, "Unit id."),
    INT("poll_ms", NEEDED, 50, 3600000, "How often it is read."),
    INT("timeout_ms", 0, 10, 60000, "How long one answer may take."),
    INT("rated_w", 0, 1, 10000000, "Rated power: more is not plausible."),
    BOOL("is_active", "It is read."),
    FIELD_END,
};

static const struct field run_rule_rows[] = {
    CODE_OF("resource", NEEDED, "Of which resource."),
    ENUM("basis", NEEDED, run_bases, "What says that it runs."),
    INT("on_w", 0, 0, 10000000, "Runs at or above this power."),
    INT("off_w", 0, 0, 10000000, "Runs no more below this power."),
    INT("standby_w", 0, 0, 10000000, "Off below this power."),
    INT("contact_on_ms", 0, 0, 3600000, "The contact counts when closed this long."),
    INT("contact_off_ms", 0, 0, 3600000, "The contact counts as open when open this long."),
    INT("hold_ms", 0, 0, 86400000, "A pause no longer than this does not end a run."),
    INT("gap_ms", 0, 100, 86400000, "Without a sample this long, the state is unknown."),
    INT("confirm_count", 0, 1, 100, "Good readings that confirm a strange one."),
    FIELD_END,
};

static const struct field grant_rows[] = {
    CODE_OF("resource", NEEDED, "Which resource."),
    INT("validity_s", 0, 1, TEN_YEARS_S, "How long; absent: without end."),
    FIELD_END,
};

static const struct field course_rows[] = {
    CODE_OF("code", NEEDED, "Readable code."),
    TEXT("name", NEEDED, 1, 200, "Name."),
    CODE_OF("room", NEEDED, "The resource where it is held."),
    INT("seats", NEEDED, 1, 1000, "So many of the room's units are taken."),
    INT("attendance_num", 0, 0, 1000, "Share of the meetings that passes, numerator."),
    INT("attendance_den", 0, 1, 1000, "Share of the meetings that passes, denominator."),
    BOOL("is_active", "Is given."),
    {"grants", FT_OBJECTS, 0, 0, 50, 0, 0, sizeof(union spare), NULL, grant_rows,
     "What those who pass may use by themselves."},
    FIELD_END,
};

static const struct field site_file_in[] = {
    RAW("notes", 0, "Text for people; ignored."),
    {"site", FT_OBJECT, NEEDED, 0, 0, 0, 0, 0, NULL, site_rows, "The site itself."},
    LIST("resources", resource_rows, "What can be booked."),
    LIST("openings", opening_rows, "Weekly opening hours."),
    LIST("special_days", special_rows,
         "Hours of single days, instead of weekly ones and holidays."),
    LIST("booking_rules", rule_rows, "Rules of booking, dated."),
    LIST("tariffs", tariff_rows, "Prices, dated."),
    LIST("firms", firm_rows, "Customers."),
    LIST("firm_facts", fact_rows, "What is true of a firm, dated."),
    LIST("firm_groups", group_rows, "Which firms are in which groups, dated."),
    LIST("people", person_rows, "Who acts."),
    LIST("qualifications", qualification_rows, "Who may use what by themselves."),
    LIST("funders", funder_rows, "Who gives money."),
    LIST("programmes", programme_rows, "Support schemes."),
    LIST("programme_funders", programme_funder_rows, "Who pays what share of a programme."),
    LIST("budgets", budget_rows, "Money a year."),
    LIST("profiles", profile_rows, "Device profiles beyond the built-in ones."),
    LIST("meters", meter_rows, "Meters and contact modules."),
    LIST("run_rules", run_rule_rows, "How a run follows from the meters."),
    LIST("quotas", quota_rows, "How much may be booked."),
    LIST("courses", course_rows, "What is taught, and what that opens."),
    FIELD_END,
};

static const struct reply_field site_file_reply[] = {
    {"site_id", RT_UUID, false, "The site."},
    {"created", RT_INT, false, "Rows that are new."},
    {"changed", RT_INT, false, "Rows that changed."},
    {"removed", RT_INT, false, "Rows that went."},
    {"unchanged", RT_INT, false, "Rows that were as in the file."},
    {"catalogue_version", RT_INT, false, "Version of the catalogue from now on."},
    REPLY_END,
};

/* A device profile's faults, with pointers into the site file. */
static void check_profile(struct call *call, const struct json *row, size_t index)
{
    struct problem *faults = arena_alloc(call->arena, sizeof(*faults));
    struct profile *profile = arena_alloc(call->arena, sizeof(*profile));
    problem_init(faults, call->arena);
    if (profile_read(json_get(row, "doc"), call->arena, profile, faults) == 0)
        return;
    for (size_t i = 0; i < faults->count; i++) {
        const struct violation *fault = &faults->violation[i];
        problem_add(
            &call->problem, fault->code,
            arena_printf(call->arena, "/profiles/%zu/doc" STR_FMT, index, STR_ARG(fault->pointer)),
            fault->limit, fault->actual);
    }
}

static bool prepare_apply(struct call *call)
{
    const struct json *profiles = json_get(call->body_json, "profiles");
    size_t index = 0;
    if (profiles && json_type(profiles) == JSON_ARRAY) {
        for (const struct json *row = json_first(profiles); row; row = json_next(row))
            check_profile(call, row, index++);
    }
    if (call->problem.count > 0)
        return false;
    call_bind(call, pg_jsonb(call->request->body));
    call_bind(call, pg_instant(call->now_us));
    return true;
}

const struct action action_site_apply = {
    .id = "applySiteFile",
    .tag = "resources",
    .summary = "Apply a site file: whole, or not at all with every fault.",
    .flags = ACTION_OUTCOME | ACTION_RENEWS,
    .body = site_file_in,
    .body_size = sizeof(union spare),
    .body_max = SITE_FILE_MAX,
    .stmt = &q_site_apply,
    .reply = site_file_reply,
    .reply_name = "SiteFileResult",
    .refusals = {CODE_unknown_reference, CODE_duplicate, CODE_conflict, CODE_budget_exhausted},
    .prepare = prepare_apply,
};
