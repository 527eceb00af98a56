/* Every route, what it means and who may take it: the one table of the API. */

#include "api/actions.h"

#define LEN_OF(a) (sizeof(a) / sizeof((a)[0]))

/* How far each role reaches: `-` not at all, `o` its own firm, `a` all. Columns in the order of
 * enum cat_role: firm_member, firm_manager, technician, finance, approver, admin, auditor. */
enum { _ = REACH_NONE, o = REACH_OWN, a = REACH_ALL };

#define PUBLIC(method, path, action)     {HTTP_##method, path, &action, true, {a, a, a, a, a, a, a}},
#define ROUTE(method, path, action, ...) {HTTP_##method, path, &action, false, {__VA_ARGS__}},

const struct route api_routes[] = {
    /* clang-format off */
    PUBLIC(GET,  "/healthz",                               action_health)
    PUBLIC(GET,  "/readyz",                                action_ready)
    PUBLIC(GET,  "/metrics",                               action_metrics)
    PUBLIC(GET,  "/v1/openapi.json",                       action_openapi)
    PUBLIC(GET,  "/v1/sites",                              action_site_list)
    PUBLIC(GET,  "/v1/resources",                          action_resource_list)
    PUBLIC(GET,  "/v1/resources/{id}/calendar",            action_calendar)
    PUBLIC(GET,  "/v1/availability",                       action_availability)
    PUBLIC(GET,  "/v1/courses",                            action_course_list)
    PUBLIC(GET,  "/v1/feeds/{secret}",                     action_feed_read)

    /*                                                                            mem man tec fin app adm aud */
    ROUTE(POST,  "/v1/bookings",                           action_booking_create,  o,  o,  a,  _,  _,  a,  _)
    ROUTE(GET,   "/v1/bookings",                           action_booking_list,    o,  o,  a,  a,  a,  a,  a)
    ROUTE(GET,   "/v1/bookings/{id}",                      action_booking_get,     o,  o,  a,  a,  a,  a,  a)
    ROUTE(PATCH, "/v1/bookings/{id}",                      action_booking_change,  o,  o,  a,  _,  _,  a,  _)
    ROUTE(GET,   "/v1/bookings/{id}/history",              action_booking_history, o,  o,  a,  a,  a,  a,  a)
    ROUTE(POST,  "/v1/bookings/{id}/cancel",               action_booking_cancel,  o,  o,  a,  _,  _,  a,  _)
    ROUTE(POST,  "/v1/bookings/{id}/approve",              action_booking_approve, _,  _,  a,  a,  a,  a,  _)
    ROUTE(POST,  "/v1/bookings/{id}/decline",              action_booking_decline, o,  o,  a,  a,  a,  a,  _)
    ROUTE(POST,  "/v1/bookings/{id}/accept",               action_booking_accept,  o,  o,  a,  _,  _,  a,  _)
    ROUTE(POST,  "/v1/bookings/{id}/check_in",             action_booking_check_in, o, o,  a,  _,  _,  a,  _)
    ROUTE(POST,  "/v1/quotes",                             action_quote_create,    o,  o,  a,  _,  _,  a,  _)
    ROUTE(GET,   "/v1/quotes/{id}",                        action_quote_get,       o,  o,  a,  a,  a,  a,  a)
    ROUTE(POST,  "/v1/waitlist",                           action_waitlist_join,   o,  o,  a,  _,  _,  a,  _)
    ROUTE(GET,   "/v1/waitlist",                           action_waitlist_list,   o,  o,  a,  a,  a,  a,  a)
    ROUTE(GET,   "/v1/waitlist/{id}",                      action_waitlist_get,    o,  o,  a,  a,  a,  a,  a)
    ROUTE(POST,  "/v1/waitlist/{id}/leave",                action_waitlist_leave,  o,  o,  a,  _,  _,  a,  _)
    ROUTE(POST,  "/v1/sessions/start",                     action_session_start,   _,  _,  a,  _,  _,  a,  _)
    ROUTE(POST,  "/v1/sessions/{id}/finish",               action_session_finish,  _,  _,  a,  _,  _,  a,  _)
    ROUTE(GET,   "/v1/sessions",                           action_session_list,    o,  o,  a,  a,  a,  a,  a)
    ROUTE(GET,   "/v1/sessions/{id}",                      action_session_get,     o,  o,  a,  a,  a,  a,  a)

    ROUTE(GET,   "/v1/meters",                             action_meter_list,      _,  _,  a,  a,  _,  a,  a)
    ROUTE(GET,   "/v1/runs",                               action_run_list,        _,  _,  a,  a,  _,  a,  a)
    ROUTE(GET,   "/v1/usage",                              action_usage_list,      o,  o,  a,  a,  a,  a,  a)
    ROUTE(GET,   "/v1/usage/{id}",                         action_usage_get,       o,  o,  a,  a,  a,  a,  a)
    ROUTE(POST,  "/v1/usage/{id}/dispute",                 action_dispute_raise,   _,  o,  _,  a,  _,  a,  _)
    ROUTE(POST,  "/v1/usage/{id}/dispute/decide",          action_dispute_decide,  _,  _,  _,  a,  _,  a,  _)
    ROUTE(GET,   "/v1/disputes",                           action_dispute_list,    _,  o,  _,  a,  a,  a,  a)

    ROUTE(POST,  "/v1/billing_runs",                       action_billing_create,  _,  _,  _,  a,  _,  a,  _)
    ROUTE(GET,   "/v1/billing_runs/{id}",                  action_billing_get,     _,  _,  _,  a,  _,  a,  a)
    ROUTE(GET,   "/v1/invoices",                           action_invoice_list,    _,  o,  _,  a,  a,  a,  a)
    ROUTE(GET,   "/v1/invoices/{id}",                      action_invoice_get,     _,  o,  _,  a,  a,  a,  a)
    ROUTE(GET,   "/v1/invoices/{id}/lines/{n}/evidence",   action_evidence,        _,  o,  _,  a,  a,  a,  a)
    ROUTE(GET,   "/v1/budgets",                            action_budget_list,     _,  _,  _,  a,  a,  a,  a)
    ROUTE(GET,   "/v1/budgets/{id}/entries",               action_budget_entries,  _,  _,  _,  a,  a,  a,  a)

    ROUTE(POST,  "/v1/series",                             action_series_create,   o,  o,  a,  _,  _,  a,  _)
    ROUTE(GET,   "/v1/series",                             action_series_list,     o,  o,  a,  a,  a,  a,  a)
    ROUTE(GET,   "/v1/series/{id}",                        action_series_get,      o,  o,  a,  a,  a,  a,  a)
    ROUTE(POST,  "/v1/series/{id}/cancel",                 action_series_cancel,   o,  o,  a,  _,  _,  a,  _)
    ROUTE(POST,  "/v1/outages",                            action_outage_create,   _,  _,  a,  _,  _,  a,  _)
    ROUTE(GET,   "/v1/outages",                            action_outage_list,     o,  o,  a,  a,  a,  a,  a)
    ROUTE(GET,   "/v1/outages/{id}",                       action_outage_get,      o,  o,  a,  a,  a,  a,  a)
    ROUTE(POST,  "/v1/outages/{id}/end",                   action_outage_end,      _,  _,  a,  _,  _,  a,  _)
    ROUTE(POST,  "/v1/feeds",                              action_feed_create,     o,  o,  a,  a,  a,  a,  a)
    ROUTE(GET,   "/v1/feeds",                              action_feed_list,       o,  o,  a,  a,  a,  a,  a)
    ROUTE(POST,  "/v1/feeds/{id}/revoke",                  action_feed_revoke,     o,  o,  a,  a,  a,  a,  a)

    ROUTE(POST,  "/v1/cohorts",                            action_cohort_create,   _,  _,  a,  _,  _,  a,  _)
    ROUTE(GET,   "/v1/cohorts",                            action_cohort_list,     o,  o,  a,  a,  a,  a,  a)
    ROUTE(GET,   "/v1/cohorts/{id}",                       action_cohort_get,      o,  o,  a,  a,  a,  a,  a)
    ROUTE(POST,  "/v1/cohorts/{id}/cancel",                action_cohort_cancel,   _,  _,  a,  _,  _,  a,  _)
    ROUTE(POST,  "/v1/cohorts/{id}/enrolments",            action_enrolment_create, o,  o,  a,  _,  _,  a,  _)
    ROUTE(POST,  "/v1/cohorts/{id}/leave",                 action_enrolment_leave, o,  o,  a,  _,  _,  a,  _)
    ROUTE(POST,  "/v1/cohorts/{id}/attendance",            action_cohort_attendance, _,  _,  a,  _,  _,  a,  _)
    ROUTE(POST,  "/v1/cohorts/{id}/finish",                action_cohort_finish,   _,  _,  a,  _,  _,  a,  _)
    ROUTE(GET,   "/v1/qualifications",                     action_qualification_list, o,  o,  a,  a,  a,  a,  a)
    ROUTE(POST,  "/v1/qualifications",                     action_qualification_grant, _,  _,  a,  _,  _,  a,  _)
    ROUTE(POST,  "/v1/qualifications/{id}/revoke",         action_qualification_revoke, _,  _,  a,  _,  _,  a,  _)

    ROUTE(GET,   "/v1/firms",                              action_firm_list,       o,  o,  a,  a,  a,  a,  a)
    ROUTE(GET,   "/v1/events",                             action_event_list,      o,  o,  a,  a,  a,  a,  a)
    ROUTE(PUT,   "/v1/site_file",                          action_site_apply,      _,  _,  _,  _,  _,  a,  _)
    ROUTE(POST,  "/v1/tokens",                             action_token_create,    _,  _,  _,  _,  _,  a,  _)
    ROUTE(POST,  "/v1/tokens/{id}/revoke",                 action_token_revoke,    _,  _,  _,  _,  _,  a,  _)

    ROUTE(PUT,   "/v1/dev/clock",                          action_dev_clock,       _,  _,  _,  _,  _,  a,  _)
    ROUTE(POST,  "/v1/dev/tick",                           action_dev_tick,        _,  _,  _,  _,  _,  a,  _)
    /* clang-format on */
};

const size_t api_route_count = LEN_OF(api_routes);
