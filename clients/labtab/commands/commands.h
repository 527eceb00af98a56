#pragma once
/* The commands, each defined in the file of its name. */

#include "cli.h"

extern const struct command command_accept, command_apply, command_approve, command_bill,
    command_book, command_booking, command_bookings, command_budget, command_budgets,
    command_calendar, command_cancel, command_change, command_check_in, command_course_attend,
    command_course_cancel, command_course_cohorts, command_course_enrol, command_course_finish,
    command_course_leave, command_course_list, command_course_plan, command_course_show,
    command_decide, command_decline, command_dev_clock, command_dev_tick, command_dispute,
    command_disputes, command_events, command_feed_list, command_feed_make, command_feed_revoke,
    command_firms, command_free, command_get, command_help, command_history, command_invoice,
    command_invoices, command_meters, command_outage_end, command_outage_list, command_outage_plan,
    command_outage_show, command_qualification_grant, command_qualification_list,
    command_qualification_revoke, command_quote, command_resources, command_revoke, command_runs,
    command_series_book, command_series_cancel, command_series_list, command_series_show,
    command_session_finish, command_session_list, command_session_show, command_session_start,
    command_sites, command_token, command_usage, command_waitlist_join, command_waitlist_leave,
    command_waitlist_list;
