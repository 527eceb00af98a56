-- Comes first by its name: everything in `fn` is made anew, so that signatures and types may change.
-- Functions run with the rights of their caller and under row security, unless they say otherwise.
--
-- Writing functions return rows of one shape: outcome ('ok', or a code of lib/base/code.h), pointer into the
-- request, limit_value and actual_value, then the reply. Several rows are several refusals, and then nothing
-- was stored. No expected refusal is raised.
drop schema if exists fn cascade;
create schema fn;
alter default privileges in schema fn revoke execute on functions from public;

-- A booking as somebody wants it, with all that the catalogue knows of it; fn.booking_make judges what only the database
-- knows. Arrays are never null. `status`: confirmed, pending (wants approvals) or offered (to the waiting list).
create type fn.wish as (
  id uuid,
  firm uuid,
  resource uuid,
  person uuid,
  mode text,
  status text,
  starts timestamptz,
  ends timestamptz,
  also uuid[],                                          -- resources booked along with it, and the operator of an assisted one
  claims uuid[],                                        -- resources of which a unit is taken ...
  claim_from timestamptz[],                             -- ... with the pads of each ...
  claim_to timestamptz[],
  claim_pointers text[],                                -- ... and what of the request wants it
  waives_pads boolean,                                  -- pads may overlap another booking of the same firm
  purpose text,
  configuration text,
  override_reason text,                                 -- with is_staff: rules and pads yield, nobody's own time
  is_staff boolean,
  price bigint,
  explain jsonb,
  budgets uuid[],
  wanted bigint[],
  quotas uuid[],                                        -- that may concern it
  gap_s integer,                                        -- null: not asked, as the next two
  unused_limit_s bigint,
  never_used_limit_s bigint,
  locked_from timestamptz,                              -- null: never
  free_until timestamptz,                               -- null: always
  late_fee bigint,
  credits_resale boolean,
  check_in_from timestamptz,                            -- null: at any time
  no_show_at timestamptz,                               -- null: never missed
  no_show_fee bigint,
  finishes_itself boolean,
  approvals text[],
  expires_at timestamptz,                               -- of a pending or offered one
  quote uuid,
  series uuid
);

-- A broken rule, before it is shown.
create type fn.violation as (
  code text,
  pointer text,
  limit_value text,
  actual_value text
);

-- Where a wish finds its units, and what has to be locked besides what it takes.
create type fn.claim_plan as (
  units uuid[],                                         -- for each of the claims; null: none is free as it is
  hopes boolean[],                                      -- one may become free: see fn.claims_hope
  is_hopeless boolean,                                  -- there is one with neither
  locks bigint[]
);

-- What judging and showing a booking need to know of its firm, resource and site.
create type fn.booking_place as (
  resource text,
  firm text,
  site uuid,
  zone text,
  currency text,
  strike_count integer,
  strike_window_s bigint,
  strike_ban_s bigint,
  unpaid_grace_s bigint
);

create type fn.booking_reply as (
  outcome text,
  pointer text,
  limit_value text,
  actual_value text,
  id uuid,
  firm_id uuid,
  firm text,
  resource_id uuid,
  resource text,
  person_id uuid,
  created_by uuid,
  mode text,
  "start" timestamptz,
  "end" timestamptz,
  purpose text,
  status text,
  price bigint,
  support bigint,
  own_share bigint,
  currency text,
  explain jsonb,
  holds jsonb,
  also text[],
  configuration text,
  quote_id uuid,
  series_id uuid,
  approvals text[],
  approved integer,
  expires_at timestamptz,
  locked_from timestamptz,
  free_until timestamptz,
  late_fee bigint,
  no_show_at timestamptz,
  no_show_fee bigint,
  checked_in_at timestamptz,
  missed_at timestamptz,
  fee bigint,
  fee_kind text,
  override_reason text,
  created_at timestamptz,
  cancelled_at timestamptz,
  cancelled_by uuid,
  cancel_reason text,
  version integer
);

create type fn.quote_reply as (
  outcome text,
  pointer text,
  limit_value text,
  actual_value text,
  id uuid,
  firm text,
  resource text,
  also text[],
  person_id uuid,
  mode text,
  "start" timestamptz,
  "end" timestamptz,
  price bigint,
  support bigint,
  own_share bigint,
  currency text,
  explain jsonb,
  created_at timestamptz,
  expires_at timestamptz
);

-- `offer_*`: while there is one. `booking`: what is or was offered last.
create type fn.waitlist_reply as (
  outcome text,
  pointer text,
  limit_value text,
  actual_value text,
  id uuid,
  version integer,
  firm text,
  resource text,
  also text[],
  person_id uuid,
  created_by uuid,
  mode text,
  earliest timestamptz,
  latest timestamptz,
  duration_s integer,
  purpose text,
  configuration text,
  status text,
  booking uuid,
  offer_start timestamptz,
  offer_end timestamptz,
  offer_expires_at timestamptz,
  offer_count integer,
  created_at timestamptz
);

-- `result` is the session's own outcome: done, partly, failed.
create type fn.session_reply as (
  outcome text,
  pointer text,
  limit_value text,
  actual_value text,
  id uuid,
  version integer,
  booking uuid,
  firm text,
  resource text,
  technician text,
  started_at timestamptz,
  finished_at timestamptz,
  sample_count integer,
  operator_s integer,
  result text,
  notes text,
  forgotten_at timestamptz
);

-- `version` is the usage's: a decision needs it, and so every correction is seen. `billable_s` and `fee` as they are now.
create type fn.dispute_reply as (
  outcome text,
  pointer text,
  limit_value text,
  actual_value text,
  usage uuid,
  version integer,
  firm text,
  resource text,
  kind text,
  service_day date,
  status text,
  reason text,
  raised_by uuid,
  raised_at timestamptz,
  decision text,
  decided_by uuid,
  decided_at timestamptz,
  billable_s bigint,
  fee bigint,
  was jsonb
);

-- What applying one section of a site file did.
create type fn.put_count as (created bigint, changed bigint, removed bigint);

create type fn.billing_run_reply as (
  outcome text,
  pointer text,
  limit_value text,
  actual_value text,
  id uuid,
  version integer,
  site text,
  month date,
  firm text,
  status text,
  requested_at timestamptz,
  finished_at timestamptz,
  invoice_count integer,
  problems jsonb
);

-- `enrolments`: of the people in scope; the numbers are of all.
create type fn.cohort_reply as (
  outcome text,
  pointer text,
  limit_value text,
  actual_value text,
  id uuid,
  version integer,
  course text,
  name text,
  room text,
  seats integer,
  status text,
  meetings jsonb,
  enrolled integer,
  waiting integer,
  enrolments jsonb,
  created_at timestamptz,
  finished_at timestamptz
);

create type fn.enrolment_reply as (
  outcome text,
  pointer text,
  limit_value text,
  actual_value text,
  cohort uuid,
  course text,
  person text,
  firm text,
  status text,
  enrolled_at timestamptz,
  version integer
);

create type fn.qualification_reply as (
  outcome text,
  pointer text,
  limit_value text,
  actual_value text,
  id uuid,
  person text,
  firm text,
  resource text,
  valid_from timestamptz,
  valid_to timestamptz,
  cohort uuid,
  last_used_at timestamptz,
  lapses_at timestamptz
);

create type fn.outage_reply as (
  outcome text,
  pointer text,
  limit_value text,
  actual_value text,
  id uuid,
  version integer,
  site text,
  resource text,
  kind text,
  title text,
  "start" timestamptz,
  "end" timestamptz,
  series_id uuid,
  created_by text,
  created_at timestamptz,
  ended_at timestamptz,
  ended_by text
);

-- The first of the outages that were made together; `outages`: all of them, `cancelled`: bookings that had to go.
create type fn.outage_made as (
  outcome text,
  pointer text,
  limit_value text,
  actual_value text,
  id uuid,
  version integer,
  site text,
  resource text,
  kind text,
  title text,
  "start" timestamptz,
  "end" timestamptz,
  series_id uuid,
  created_by text,
  created_at timestamptz,
  ended_at timestamptz,
  ended_by text,
  outages jsonb,
  cancelled jsonb
);

create type fn.feed_reply as (
  outcome text,
  pointer text,
  limit_value text,
  actual_value text,
  id uuid,
  kind text,
  object text,
  label text,
  created_by text,
  created_at timestamptz,
  revoked_at timestamptz
);

-- `status`: tentative, confirmed or cancelled.
create type fn.feed_event as (
  uid text,
  version bigint,
  changed_at timestamptz,
  "start" timestamptz,
  "end" timestamptz,
  status text,
  summary text,
  description text,
  location text,
  category text
);

create type fn.series_reply as (
  outcome text,
  pointer text,
  limit_value text,
  actual_value text,
  id uuid,
  version integer,
  firm text,
  resource text,
  person_id uuid,
  created_by uuid,
  rrule text,
  "start" timestamptz,
  duration_s bigint,
  on_conflict text,
  made bigint,
  price bigint,
  support bigint,
  currency text,
  skipped jsonb,
  created_at timestamptz,
  bookings jsonb
);

create type fn.series_cancelled as (
  outcome text,
  pointer text,
  limit_value text,
  actual_value text,
  id uuid,
  version integer,
  cancelled jsonb,
  kept jsonb
);
