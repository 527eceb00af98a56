-- Who may do what: applied again whenever it, a function or a profile changes. The daemon's roles own nothing and
-- get no more than their statements need; what is delicate (claims, ledger, documents, catalogue) they reach only
-- through functions that run as the owner.

revoke all on all tables in schema public from public, labtab_api, labtab_meter, labtab_jobs;
revoke all on all sequences in schema public from public, labtab_api, labtab_meter, labtab_jobs;
revoke all on all functions in schema fn from public;

grant usage on schema public, fn to labtab_api, labtab_meter, labtab_jobs;

-- ---------------------------------------------------------------- everybody reads the catalogue

grant execute on function public.scope_sees(uuid) to labtab_api, labtab_meter, labtab_jobs;
grant select on
  catalogue, site, resource, unit, opening, special_day, holiday_calendar, holiday_rule, lunar_year, resource_part,
  booking_rule, quota, firm, firm_fact, firm_group, person, token, qualification,
  tariff, funder, programme, programme_funder, budget, budget_firm, profile, meter, run_rule, dev_clock
  to labtab_api, labtab_meter, labtab_jobs;
grant execute on function fn.openings_expanded, fn.holidays, fn.holidays_by_rule, fn.zone_offsets
  to labtab_api, labtab_meter, labtab_jobs;

-- ---------------------------------------------------------------- api

grant select on
  booking, claim, session, usage, usage_dispute, usage_span, span, sample, run_state, meter_progress, billing_run, invoice,
  invoice_line, budget_entry, event, event_order, idempotency, dev_tick, quote, quota, booking_history, booking_approval
  to labtab_api;
grant insert on quote, token, billing_run, event, idempotency, dev_tick, dev_clock to labtab_api;
grant update (revoked_at) on token to labtab_api;
grant select, insert on outage, feed, booking_series to labtab_api;
grant update (version) on booking_series to labtab_api;
grant update (ended_at, ended_by, version) on outage to labtab_api;
grant update (revoked_at) on feed to labtab_api;
grant select on course, course_grant, cohort, cohort_meeting, enrolment, attendance, qualification_use to labtab_api;
grant insert on cohort, cohort_meeting, enrolment, attendance to labtab_api;
grant update (status, finished_at, version) on cohort to labtab_api;
grant update (status, enrolled_at, version) on enrolment to labtab_api;
grant update (is_present, noted_by, noted_at) on attendance to labtab_api;
grant select, insert on waitlist_entry to labtab_api;
grant update (status, version) on waitlist_entry to labtab_api;
grant update (real_us, shown_us, rate) on dev_clock to labtab_api;
grant execute on all functions in schema fn to labtab_api;
-- What moves metering and billing on is not the api's.
revoke execute on function
  fn.budget_draw, fn.budgets_lock, fn.invoice_put, fn.invoice_chain_faults, fn.usage_put, fn.ingest_samples, fn.sample_partition,
  fn.billing_run_next, fn.billing_run_done, fn.expired_holds_release, fn.usage_settle, fn.usage_resold, fn.usage_of_booking,
  fn.waitlist_expire, fn.waitlist_offer, fn.qualifications_remind, fn.sessions_forget
  from labtab_api;

-- ---------------------------------------------------------------- meter

grant select on sample, span, run_state, meter_progress to labtab_meter;
grant insert on sample, span, run_state, meter_progress to labtab_meter;
grant update (last_seq, last_at) on meter_progress to labtab_meter;
grant update (state, started_at, ended_at, energy_mwh, quality) on span to labtab_meter;
grant update (state, version, observed_until) on run_state to labtab_meter;
grant execute on function fn.ingest_samples, fn.sample_partition to labtab_meter;

-- ---------------------------------------------------------------- jobs

grant select on
  booking, claim, session, usage, usage_dispute, usage_span, span, run_state, billing_run, invoice, invoice_line, budget_entry, event, event_order,
  dev_tick, waitlist_entry
  to labtab_jobs;
grant insert on usage, usage_span, event to labtab_jobs;
grant update (has_usage) on session to labtab_jobs;
grant update (status, finished_at, invoice_count, problems, version) on billing_run to labtab_jobs;
grant update (done_at) on dev_tick to labtab_jobs;
grant execute on function
  fn.sample_partition, fn.usage_put, fn.billing_run_next, fn.billing_run_done, fn.invoice_put, fn.invoice_lines,
  fn.quality_names, fn.expired_holds_release, fn.usage_settle, fn.waitlist_expire, fn.waitlist_offer,
  fn.qualifications_remind, fn.booking_lapse, fn.sessions_forget,
  fn.events_after, fn.events_number, fn.cursor_id
  to labtab_jobs;
