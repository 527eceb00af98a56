/* Every command, in the order of the overview. */

#include "commands.h"

const struct command *const command_table[] = {
    &command_sites,        &command_resources,    &command_calendar,      &command_book,
    &command_bookings,     &command_booking,      &command_history,       &command_change,
    &command_cancel,       &command_approve,      &command_decline,       &command_accept,
    &command_check_in,     &command_quote,        &command_session_start, &command_session_finish,
    &command_session_list, &command_session_show, &command_meters,        &command_runs,
    &command_usage,        &command_bill,         &command_invoices,      &command_invoice,
    &command_budgets,      &command_budget,       &command_firms,         &command_token,
    &command_revoke,       &command_events,       &command_apply,         &command_get,
    &command_dev_clock,    &command_dev_tick,     &command_help,          NULL,
};
