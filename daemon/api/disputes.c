/* Disputes: a firm says that a charge is wrong, and the lab decides, before it is billed. The
 * version that a decision needs, and that replies show, is the usage's: whoever decides has seen
 * the charge as it is. */

#include "api/actions.h"
#include "api/call.h"
#include "schema/queries.h"

#define AMOUNT_MAX     INT64_C(1000000000000)
#define CORRECTION_MAX INT64_C(31622400) /* seconds: a year */

static const struct reply_field dispute_reply[] = {
    {"usage", RT_UUID, false, "The usage that is disputed."},
    {"version", RT_INT, false, "The usage's: raised by the dispute and by its decision; the ETag."},
    {"firm", RT_TEXT, false, "Code of the firm."},
    {"resource", RT_TEXT, false, "Code of the resource."},
    {"kind", RT_TEXT, false, "Of the usage: `use`, `late_cancellation` or `no_show`."},
    {"service_day", RT_DATE, false, "Local day of the usage."},
    {"status", RT_TEXT, false, "`open`, `upheld` or `denied`."},
    {"reason", RT_TEXT, false, "Why it is disputed."},
    {"raised_by", RT_UUID, false, "By whom."},
    {"raised_at", RT_INSTANT, false, "When."},
    {"decision", RT_TEXT, true, "Why it was decided so."},
    {"decided_by", RT_UUID, true, "By whom."},
    {"decided_at", RT_INSTANT, true, "When."},
    {"billable_s", RT_INT, false, "The usage's billed time as it is now, in seconds."},
    {"fee", RT_INT, true, "Of an absence: what is charged as it is now."},
    {"was", RT_JSON, true,
     "What the decision found: `billable_s`, `fee`, `status` and `held_reason` of the usage."},
    REPLY_END,
};

/* What both statements begin with: key, now and usage. */
static bool bind_usage(struct call *call)
{
    struct uuid id;
    if (!call_path_id(call, 0, &id))
        return false;
    call_bind_key(call);
    call_bind(call, pg_instant(call->now_us));
    call_bind(call, pg_uuid(id));
    return true;
}

/* ---------------------------------------------------------------- raising */

struct dispute_in {
    struct str reason;
};

static const struct field dispute_in[] = {
    FIELD_TEXT(struct dispute_in, reason, FIELD_NEEDED, 3, 2000, "What is wrong with the charge."),
    FIELD_END,
};

static bool prepare_raise(struct call *call)
{
    const struct dispute_in *in = call->body;
    if (!bind_usage(call))
        return false;
    call_bind(call, pg_text(in->reason));
    return true;
}

const struct action action_dispute_raise = {
    .id = "disputeUsage",
    .tag = "usage",
    .summary = "Dispute a charge before it is billed: it is left out until somebody decides.",
    .flags = ACTION_KEYED | ACTION_OUTCOME | ACTION_CREATES,
    .body = dispute_in,
    .body_size = sizeof(struct dispute_in),
    .stmt = &q_dispute_raise,
    .reply = dispute_reply,
    .reply_name = "Dispute",
    .refusals = {CODE_already_disputed, CODE_closed_period, CODE_review_over},
    .prepare = prepare_raise,
};

/* ---------------------------------------------------------------- deciding */

enum verdict { UPHELD, DENIED };
static const char *const verdict_names[] = {"upheld", "denied", NULL};

struct decision_in {
    int outcome; /* enum verdict */
    struct str reason;
    int64_t billable_s, fee;
};

static const struct field decision_in[] = {
    FIELD_ENUM(struct decision_in, outcome, FIELD_NEEDED, verdict_names, -1,
               "Upheld: the charge is corrected; denied: it stays."),
    FIELD_TEXT(struct decision_in, reason, FIELD_NEEDED, 3, 2000, "Why: the firm is told."),
    FIELD_INT(struct decision_in, billable_s, 0, 0, CORRECTION_MAX, 0,
              "Upheld, of a use: the time that is right, in seconds; never more than it was."),
    FIELD_INT(struct decision_in, fee, 0, 0, AMOUNT_MAX, 0,
              "Upheld, of an absence: the fee that is right; never more than it was."),
    FIELD_END,
};

static void bind_correction(struct call *call, int64_t value)
{
    call_bind(call, value == FIELD_NO_INT ? pg_null() : pg_int(value));
}

static bool prepare_decide(struct call *call)
{
    const struct decision_in *in = call->body;
    if (in->outcome == DENIED && in->billable_s != FIELD_NO_INT)
        call_refuse(call, CODE_unknown_field, "/billable_s");
    if (in->outcome == DENIED && in->fee != FIELD_NO_INT)
        call_refuse(call, CODE_unknown_field, "/fee");
    if (call->problem.count > 0 || !bind_usage(call))
        return false;
    call_bind(call, pg_int(call->match_version));
    call_bind(call, pg_cstr(verdict_names[in->outcome]));
    call_bind(call, pg_text(in->reason));
    bind_correction(call, in->billable_s);
    bind_correction(call, in->fee);
    return true;
}

const struct action action_dispute_decide = {
    .id = "decideDispute",
    .tag = "usage",
    .summary = "Decide a dispute: the charge is corrected or stays, and the next run bills it.",
    .flags = ACTION_KEYED | ACTION_MATCH | ACTION_OUTCOME,
    .body = decision_in,
    .body_size = sizeof(struct decision_in),
    .stmt = &q_dispute_decide,
    .reply = dispute_reply,
    .reply_name = "Dispute",
    .refusals = {CODE_conflict, CODE_missing_field, CODE_too_large},
    .prepare = prepare_decide,
};

/* ---------------------------------------------------------------- reading */

static const char *const status_names[] = {"open", "upheld", "denied", NULL};

struct dispute_filter {
    struct page page;
    struct str firm;
    int status;
};

static const struct field dispute_filter[] = {
    PAGE_FIELDS(struct dispute_filter),
    FIELD_TEXT(struct dispute_filter, firm, 0, 1, 64, "Only of this firm (code or id)."),
    FIELD_ENUM(struct dispute_filter, status, 0, status_names, -1, "Only in this status."),
    FIELD_END,
};

static bool prepare_list(struct call *call)
{
    const struct dispute_filter *in = call->query;
    struct uuid firm;
    if (!call_filter_firm(call, in->firm, &firm))
        return false;
    call_bind_page(call);
    call_bind(call, pg_uuid(firm));
    call_bind(call, pg_cstr(in->status < 0 ? NULL : status_names[in->status]));
    return true;
}

const struct action action_dispute_list = {
    .id = "listDisputes",
    .tag = "usage",
    .summary = "Disputes of charges, newest first.",
    .flags = ACTION_LIST,
    .query = dispute_filter,
    .query_size = sizeof(struct dispute_filter),
    .stmt = &q_dispute_list,
    .reply = dispute_reply,
    .reply_name = "Dispute",
    .refusals = {CODE_unknown_reference},
    .prepare = prepare_list,
};
