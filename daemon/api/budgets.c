/* Budgets: what each funder gave, what is held and drawn, what is left. */

#include "api/actions.h"
#include "api/call.h"
#include "schema/queries.h"

static const struct reply_field budget_reply[] = {
    {"id", RT_UUID, false, "The budget."},
    {"programme", RT_TEXT, false, "Code of the programme."},
    {"funder", RT_TEXT, false, "Code of the funder."},
    {"fiscal_year", RT_INT, false, "Fiscal year."},
    {"granted", RT_INT, false, "Given so far."},
    {"held", RT_INT, false, "Held for bookings."},
    {"drawn", RT_INT, false, "Spent on invoices, less returns."},
    {"balance", RT_INT, false, "Free: granted - held - drawn, and never below 0."},
    REPLY_END,
};

const struct action action_budget_list = {
    .id = "listBudgets",
    .tag = "budgets",
    .summary = "All budgets with what is left of them.",
    .flags = ACTION_LIST,
    .query = page_only,
    .query_size = sizeof(struct page_query),
    .stmt = &q_budget_list,
    .reply = budget_reply,
    .reply_name = "Budget",
    .prepare = call_bind_page,
};

static const struct reply_field entry_reply[] = {
    {"entry", RT_INT, false, "Counts the entries; never changed, never deleted."},
    {"kind", RT_TEXT, false, "`grant`, `hold`, `draw`, `release` or `return`."},
    {"amount", RT_INT, false, "Signed: what it does to the balance."},
    {"firm", RT_TEXT, true, "Code of the firm."},
    {"booking", RT_UUID, true, "The booking that holds."},
    {"invoice_line", RT_UUID, true, "The line that draws."},
    {"note", RT_TEXT, true, "Free text."},
    {"at", RT_INSTANT, false, "When."},
    REPLY_END,
};

static bool prepare_entries(struct call *call)
{
    call_bind_page(call);
    return call_bind_path_id(call);
}

const struct action action_budget_entries = {
    .id = "listBudgetEntries",
    .tag = "budgets",
    .summary = "A budget's ledger, oldest first.",
    .flags = ACTION_LIST | ACTION_CHILDREN,
    .query = page_only,
    .query_size = sizeof(struct page_query),
    .stmt = &q_budget_entries,
    .reply = entry_reply,
    .reply_name = "BudgetEntry",
    .prepare = prepare_entries,
};
