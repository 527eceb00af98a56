-- Who may do what: applied again whenever it, a function or a profile changes. The daemon's roles own nothing and
-- get no more than their statements need; what is delicate (claims, the ledger, the catalogue) they reach only
-- through functions that run as the owner.

revoke all on all tables in schema public from public, labtab_api, labtab_meter, labtab_jobs;
revoke all on all sequences in schema public from public, labtab_api, labtab_meter, labtab_jobs;
revoke all on all functions in schema fn from public;

grant usage on schema public, fn to labtab_api, labtab_meter, labtab_jobs;

-- ---------------------------------------------------------------- everybody reads the catalogue

grant execute on function public.scope_sees(uuid) to labtab_api, labtab_meter, labtab_jobs;
grant select on
  catalogue, site, resource, unit, opening, closed_day, booking_rule, firm, firm_fact, person, token, qualification,
  tariff, funder, programme, programme_funder, budget, profile, meter, run_rule, dev_clock
  to labtab_api, labtab_meter, labtab_jobs;
grant execute on function
  fn.openings_expanded(timestamptz, timestamptz),
  fn.id_new(timestamptz),
  fn.instant_text(timestamptz)
  to labtab_api, labtab_meter, labtab_jobs;

-- ---------------------------------------------------------------- api

grant select on
  booking, claim, session, usage, usage_span, span, sample, run_state, meter_progress, billing_run, invoice,
  invoice_line, budget_entry, event, idempotency, dev_tick
  to labtab_api;
grant insert on booking, session, token, billing_run, event, idempotency, dev_tick to labtab_api;
grant update (status, cancelled_at, cancelled_by, cancel_reason, version) on booking to labtab_api;
grant update (finished_at, sample_count, operator_s, outcome, notes, version) on session to labtab_api;
grant update (revoked_at) on token to labtab_api;
grant execute on all functions in schema fn to labtab_api;
grant select on event_order to labtab_api;
grant insert on dev_clock to labtab_api;
grant update (real_us, shown_us, rate) on dev_clock to labtab_api;

-- ---------------------------------------------------------------- jobs

grant select on
  booking, claim, session, usage, usage_span, span, run_state, billing_run, invoice, invoice_line, budget_entry, event,
  event_order, dev_tick
  to labtab_jobs;
grant update (done_at) on dev_tick to labtab_jobs;
