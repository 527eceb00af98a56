/* Billing runs: finance asks, the jobs process does it. */

#include "api/actions.h"
#include "api/call.h"
#include "schema/queries.h"

static const struct reply_field run_reply[] = {
    {"id", RT_UUID, false, "The billing run."},
    {"version", RT_INT, false, "Raised by every change; the ETag."},
    {"site", RT_TEXT, false, "Code of the site."},
    {"month", RT_MONTH, false, "The month that is billed."},
    {"firm", RT_TEXT, true, "Code of the one firm; null: all."},
    {"status", RT_TEXT, false, "`waiting`, `running`, `done` or `failed`."},
    {"requested_at", RT_INSTANT, false, "When it was asked for."},
    {"finished_at", RT_INSTANT, true, "When it ended."},
    {"invoice_count", RT_INT, false, "Invoices that it issued."},
    {"problems", RT_JSON, false, "What could not be billed, and why."},
    REPLY_END,
};

struct run_in {
    struct str site;
    int32_t month;
    struct str firm;
};

static const struct field run_in[] = {
    FIELD_TEXT(struct run_in, site, FIELD_NEEDED, 1, 64, "Code or id of the site."),
    FIELD_MONTH(struct run_in, month, "month", FIELD_NEEDED,
                "The local month to bill, as 2026-11; it must have begun."),
    FIELD_TEXT(struct run_in, firm, 0, 1, 64,
               "Only this firm (code or id), at any time in the month."),
    FIELD_END,
};

/* What is used up to now must not become the invoice of a month to come. */
static bool has_begun(struct call *call, const struct cat_site *site, int32_t month)
{
    int32_t today = cat_local_day(site, call->now_us);
    if (month <= today || today == INT32_MIN)
        return true;
    char *limit = arena_alloc(call->arena, DATE_TEXT_MAX);
    char *actual = arena_alloc(call->arena, DATE_TEXT_MAX);
    date_format(today, limit);
    date_format(month, actual);
    problem_add(&call->problem, CODE_too_large, "/month", fact_text(str_of(limit)),
                fact_text(str_of(actual)));
    return false;
}

static bool prepare_create(struct call *call)
{
    const struct run_in *in = call->body;
    struct uuid firm = UUID_NIL;
    const struct cat_site *site = catalogue_site(call->catalogue, in->site);
    if (!site)
        problem_add(&call->problem, CODE_unknown_reference, "/site", NO_FACT, fact_text(in->site));
    if (in->firm.ptr) {
        const struct cat_firm *one = call_firm(call, in->firm, "/firm");
        firm = one ? one->id : UUID_NIL;
    }
    if (!site || !has_begun(call, site, in->month) || call->problem.count > 0)
        return false;
    call_bind_key(call);
    call_bind(call, pg_instant(call->now_us));
    call_bind(call, pg_uuid(uuid_v7(call->now_us)));
    call_bind(call, pg_uuid(site->id));
    call_bind(call, pg_date(in->month));
    call_bind(call, pg_uuid(firm));
    return true;
}

const struct action action_billing_create = {
    .id = "createBillingRun",
    .tag = "billing",
    .summary = "Bill a month: running it again changes nothing.",
    .flags = ACTION_KEYED | ACTION_OUTCOME | ACTION_ACCEPTS,
    .location = "/v1/billing_runs/",
    .body = run_in,
    .body_size = sizeof(struct run_in),
    .stmt = &q_billing_run_create,
    .reply = run_reply,
    .reply_name = "BillingRun",
    .refusals = {CODE_unknown_reference, CODE_too_large},
    .prepare = prepare_create,
};

const struct action action_billing_get = {
    .id = "getBillingRun",
    .tag = "billing",
    .summary = "How far a billing run is.",
    .stmt = &q_billing_run_get,
    .reply = run_reply,
    .reply_name = "BillingRun",
    .prepare = call_bind_path_id,
};
