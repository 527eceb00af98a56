#pragma once
/* The actions, each defined in the file of its resource. */
#include "api/action.h"

/* service.c */
extern const struct action action_health, action_ready, action_metrics, action_openapi;
/* resources.c */
extern const struct action action_site_list, action_resource_list;
/* calendar.c */
extern const struct action action_calendar;
/* bookings.c */
extern const struct action action_booking_create;
/* booking_read.c */
extern const struct action action_booking_list, action_booking_get, action_booking_history;
/* booking_change.c */
extern const struct action action_booking_change;
/* booking_decide.c */
extern const struct action action_booking_cancel, action_booking_approve, action_booking_decline,
    action_booking_accept, action_booking_check_in;
/* quotes.c */
extern const struct action action_quote_create, action_quote_get;
/* sessions.c */
extern const struct action action_session_start, action_session_finish, action_session_list,
    action_session_get;
/* metering.c */
extern const struct action action_meter_list, action_run_list;
/* waitlist.c */
extern const struct action action_waitlist_join, action_waitlist_list, action_waitlist_get,
    action_waitlist_leave;
/* usage.c */
extern const struct action action_usage_list, action_usage_get;
/* disputes.c */
extern const struct action action_dispute_raise, action_dispute_decide, action_dispute_list;
/* billing.c */
extern const struct action action_billing_create, action_billing_get;
/* invoices.c */
extern const struct action action_invoice_list, action_invoice_get, action_evidence;
/* budgets.c */
extern const struct action action_budget_list, action_budget_entries;
/* people.c */
extern const struct action action_firm_list, action_token_create, action_token_revoke;
/* availability.c */
extern const struct action action_availability;
/* courses.c */
extern const struct action action_course_list, action_cohort_create, action_cohort_list,
    action_cohort_get, action_cohort_cancel, action_cohort_attendance, action_cohort_finish;
/* enrolments.c */
extern const struct action action_enrolment_create, action_enrolment_leave;
/* qualifications.c */
extern const struct action action_qualification_list, action_qualification_grant,
    action_qualification_revoke;
/* series.c */
extern const struct action action_series_create, action_series_list, action_series_get,
    action_series_cancel;
/* outages.c */
extern const struct action action_outage_create, action_outage_list, action_outage_get,
    action_outage_end;
/* feeds.c */
extern const struct action action_feed_create, action_feed_list, action_feed_revoke,
    action_feed_read;
/* events.c */
extern const struct action action_event_list;
/* site_file.c */
extern const struct action action_site_apply;
/* dev.c */
extern const struct action action_dev_clock, action_dev_tick;
