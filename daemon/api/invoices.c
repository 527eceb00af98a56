/* Invoices: what finance pulls, and from each line back to the samples. */

#include "api/actions.h"
#include "api/call.h"
#include "schema/queries.h"

static const struct reply_field invoice_reply[] = {
    {"id", RT_UUID, false, "The invoice."},
    {"version", RT_INT, false, "Raised when it is paid; the ETag."},
    {"number", RT_TEXT, true, "Series and number, without gaps; null while a draft."},
    {"status", RT_TEXT, false, "`draft`, `issued`, `part_paid` or `paid`."},
    {"site", RT_TEXT, false, "Code of the site."},
    {"firm", RT_TEXT, false, "Code of the firm."},
    {"month", RT_MONTH, false, "The month that is billed."},
    {"dated", RT_DATE, true, "Date of the document."},
    {"issued_at", RT_INSTANT, true, "When it was issued; from then on nothing in it changes."},
    {"currency", RT_TEXT, false, "Of all amounts, in its smallest unit."},
    {"fee", RT_INT, false, "Sum of the lines before support."},
    {"support", RT_INT, false, "Paid by the programmes."},
    {"own_share", RT_INT, false, "Fee less support."},
    {"tax", RT_INT, false, "Tax of the invoice."},
    {"truncation", RT_INT, false, "Cut off after tax; not positive."},
    {"total", RT_INT, false, "What the firm pays."},
    {"hash", RT_TEXT, true, "SHA-256 over the document and the one before it in its series."},
    {"prev_hash", RT_TEXT, true, "The hash of the one before."},
    {"lines", RT_JSON, false,
     "Lines in order: n, kind, text, usage, tariff, quantity, unit, price, fee, support, "
     "own_share, tax, tax_kind, "
     "quality, funders [{budget, programme, funder, amount}], explain."},
    REPLY_END,
};

static const char *const status_names[] = {"draft", "issued", "part_paid", "paid", NULL};

struct invoice_filter {
    struct page page;
    struct str firm;
    int32_t month;
    int status;
};

static const struct field invoice_filter[] = {
    PAGE_FIELDS(struct invoice_filter),
    FIELD_TEXT(struct invoice_filter, firm, 0, 1, 64, "Only of this firm (code or id)."),
    FIELD_MONTH(struct invoice_filter, month, "month", 0, "Only of this month."),
    FIELD_ENUM(struct invoice_filter, status, 0, status_names, -1, "Only in this status."),
    FIELD_END,
};

static bool prepare_list(struct call *call)
{
    const struct invoice_filter *in = call->query;
    struct uuid firm;
    if (!call_filter_firm(call, in->firm, &firm))
        return false;
    call_bind_page(call);
    call_bind(call, pg_uuid(firm));
    call_bind(call, pg_date(in->month));
    call_bind(call, pg_cstr(in->status < 0 ? NULL : status_names[in->status]));
    return true;
}

const struct action action_invoice_list = {
    .id = "listInvoices",
    .tag = "billing",
    .summary = "Invoices in order of issue: with the cursor, every document once.",
    .flags = ACTION_LIST,
    .query = invoice_filter,
    .query_size = sizeof(struct invoice_filter),
    .stmt = &q_invoice_list,
    .reply = invoice_reply,
    .reply_name = "Invoice",
    .refusals = {CODE_unknown_reference},
    .prepare = prepare_list,
};

const struct action action_invoice_get = {
    .id = "getInvoice",
    .tag = "billing",
    .summary = "One invoice with its lines.",
    .stmt = &q_invoice_get,
    .reply = invoice_reply,
    .reply_name = "Invoice",
    .prepare = call_bind_path_id,
};

static const struct reply_field evidence_reply[] = {
    {"span_start", RT_INSTANT, false, "Start of the part of a run that was billed."},
    {"span_end", RT_INSTANT, false, "Its end."},
    {"state", RT_TEXT, false, "State of the span: `run`."},
    {"energy_mwh", RT_INT, false, "Energy of the whole span, in mWh."},
    {"quality", RT_TEXTS, false, "Marks of the span; none: good."},
    {"samples", RT_JSON, false,
     "First and last samples of each meter in it: meter, seq, at, power_mw, energy_mwh, contact, "
     "quality; and how many."},
    REPLY_END,
};

static bool prepare_evidence(struct call *call)
{
    struct uuid id;
    int64_t n;
    if (!call_path_id(call, 0, &id))
        return false;
    if (str_to_int(call->param[1], 1, INT16_MAX, &n))
        return call_refuse(call, CODE_not_found, "");
    call_bind(call, pg_uuid(id));
    call_bind(call, pg_int(n));
    return true;
}

const struct action action_evidence = {
    .id = "getEvidence",
    .tag = "billing",
    .summary = "From an invoice line back to the runs and samples that prove it.",
    .flags = ACTION_LIST | ACTION_CHILDREN,
    .stmt = &q_evidence,
    .reply = evidence_reply,
    .reply_name = "Evidence",
    .prepare = prepare_evidence,
};
