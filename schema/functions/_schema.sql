-- Comes first by its name: everything in `fn` is made anew, so that signatures and types may change.
-- Functions run with the rights of their caller and under row security, unless they say otherwise.
--
-- Writing functions return rows of one shape: outcome ('ok', or a code of lib/base/code.h), pointer into the
-- request, limit_value and actual_value, then the reply. Several rows are several refusals, and then nothing
-- was stored. No expected refusal is raised.
drop schema if exists fn cascade;
create schema fn;
alter default privileges in schema fn revoke execute on functions from public;

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
  override_reason text,
  created_at timestamptz,
  cancelled_at timestamptz,
  cancelled_by uuid,
  cancel_reason text,
  version integer
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
  notes text
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
