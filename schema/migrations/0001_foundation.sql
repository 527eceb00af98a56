-- The house: what there is, who may use it, what was taken, measured and billed.
-- Instants are timestamptz (UTC), local rules belong to a site's zone. Money is bigint in the currency's
-- smallest unit. Energy is bigint in mWh, power in mW. Rates are exact: numerator and denominator.
--
-- Functions that statements call live in the schema `fn`, which is made anew after the migrations.

create extension if not exists btree_gist;

create domain code as text check (value ~ '^[a-z0-9][a-z0-9_-]{0,62}$');

-- What the catalogue holds in memory is versioned: every change of one of its tables raises it.
create table catalogue (
  singleton boolean primary key default true check (singleton),
  version bigint not null,
  tx xid8                                               -- that raised it last: once a transaction
);
insert into catalogue (version) values (1);

-- Row security. The setting labtab.firm says whose data a transaction sees: '*' everybody's (the lab, the
-- system), a uuid that firm's only, nothing: none.
create function scope_sees(firm uuid) returns boolean
language sql stable parallel safe
return coalesce(current_setting('labtab.firm', true) in ('*', firm::text), false);

-- For what may be added but never changed, by nobody, the owner included.
create function refuse_change() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise exception '% is final: % is refused', tg_table_name, lower(tg_op)
    using errcode = 'restrict_violation';
end $$;

-- ---------------------------------------------------------------- site and resources

create table site (
  id uuid primary key,
  code code not null unique,
  name text not null,
  zone text not null,
  currency text not null default 'KRW' check (currency ~ '^[A-Z]{3}$'),
  fiscal_start_month smallint not null default 1 check (fiscal_start_month between 1 and 12),
  registration_number text,                             -- the supplier's, on invoices
  address text,
  truncate_to bigint not null default 1 check (truncate_to > 0),  -- invoice totals: 10 = whole ten won
  tax_rate_num bigint not null default 10 check (tax_rate_num >= 0),
  tax_rate_den bigint not null default 100 check (tax_rate_den > 0),
  tax_base text not null default 'full_fee' check (tax_base in ('full_fee', 'own_share')),
  tax_rounding text not null default 'floor' check (tax_rounding in ('floor', 'half_away'))
);

create table resource (
  id uuid primary key,
  site_id uuid not null references site,
  code code not null unique,
  kind text not null check (kind in ('instrument', 'room', 'seat', 'tool', 'operator')),
  name text not null,
  name_en text,
  is_active boolean not null default true,
  charge_basis text not null default 'used'
    check (charge_basis in ('reserved', 'used', 'overage', 'greater', 'union', 'logged', 'per_unit')),
  tolerance_s integer not null default 600 check (tolerance_s >= 0),   -- logged against metered
  bills_unobserved boolean not null default false
);

-- Capacity n is n units. Everything that is taken is a unit for a span: see claim.
create table unit (
  id uuid primary key,
  resource_id uuid not null references resource,
  ordinal smallint not null check (ordinal > 0),
  unique (resource_id, ordinal)
);

-- Weekly opening hours; rows with a resource replace the site's for that resource.
-- closes_min may pass 1440: open across midnight.
create table opening (
  id uuid primary key,
  site_id uuid not null references site,
  resource_id uuid references resource,
  weekday smallint not null check (weekday between 1 and 7),           -- ISO: Monday is 1
  opens_min smallint not null check (opens_min between 0 and 1439),
  closes_min smallint not null check (closes_min > opens_min and closes_min <= 2880),
  valid daterange not null default daterange(null, null),
  unique nulls not distinct (site_id, resource_id, weekday, opens_min, valid)
);

-- Whole local days without opening hours: holidays and closures.
create table closed_day (
  site_id uuid not null references site,
  on_day date not null,
  reason text not null,
  primary key (site_id, on_day)
);

-- Booking rules of a resource, dated; at most one row holds on a day.
create table booking_rule (
  id uuid primary key,
  resource_id uuid not null references resource,
  valid daterange not null default daterange(null, null),
  min_s integer not null default 0 check (min_s >= 0),
  max_s integer check (max_s >= min_s),
  grid_s integer not null default 60 check (grid_s > 0),
  notice_s integer not null default 0 check (notice_s >= 0),
  horizon_s integer not null default 7776000 check (horizon_s > 0),
  pad_before_s integer not null default 0 check (pad_before_s >= 0),
  pad_after_s integer not null default 0 check (pad_after_s >= 0),
  cancel_free_s integer not null default 0 check (cancel_free_s >= 0), -- before the start
  needs_qualification boolean not null default false,
  exclude using gist (resource_id with =, valid with &&) deferrable
);

create unique index booking_rule_from on booking_rule (resource_id, lower(valid)) nulls not distinct;

-- ---------------------------------------------------------------- firms and people

create table firm (
  id uuid primary key,
  code code not null unique,
  name text not null,
  registration_number text,
  is_blocked boolean not null default false
);

-- What is true of a firm depends on the day.
create table firm_fact (
  id uuid primary key,
  firm_id uuid not null references firm,
  valid daterange not null,
  region text not null,
  industry text not null,                               -- KSIC, e.g. C25
  head_count integer not null check (head_count >= 0),
  exclude using gist (firm_id with =, valid with &&) deferrable
);

create unique index firm_fact_from on firm_fact (firm_id, lower(valid)) nulls not distinct;

create table person (
  id uuid primary key,
  firm_id uuid references firm,                         -- null: of the lab
  code code not null unique,
  name text not null,
  roles text[] not null check (cardinality(roles) > 0 and roles <@ array[
    'firm_member', 'firm_manager', 'technician', 'finance', 'approver', 'admin', 'auditor']),
  is_active boolean not null default true,
  check ((firm_id is not null) = (roles <@ array['firm_member', 'firm_manager']))
);

create table token (
  id uuid primary key,
  person_id uuid not null references person,
  firm_id uuid references firm,                         -- the person's, for row security
  hash bytea not null unique check (octet_length(hash) = 32),
  label text not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  revoked_at timestamptz
);

create table qualification (
  id uuid primary key,
  person_id uuid not null references person,
  firm_id uuid references firm,
  resource_id uuid not null references resource,
  valid tstzrange not null,
  exclude using gist (person_id with =, resource_id with =, valid with &&) deferrable
);

create unique index qualification_from on qualification (person_id, resource_id, lower(valid)) nulls not distinct;

-- ---------------------------------------------------------------- prices and support

create table tariff (
  id uuid primary key,
  resource_id uuid not null references resource,
  valid daterange not null,
  time_unit_s integer not null check (time_unit_s > 0),               -- the price is for this long
  price_num bigint not null check (price_num >= 0),
  price_den bigint not null default 1 check (price_den > 0),
  rounding text not null check (rounding in ('exact', 'minute', 'block')),
  block_s integer check (block_s > 0),
  setup_fee bigint not null default 0 check (setup_fee >= 0),
  minimum_fee bigint not null default 0 check (minimum_fee >= 0),
  tax_kind text not null default 'taxable' check (tax_kind in ('taxable', 'zero_rated', 'exempt')),
  charges_unused boolean not null default false,        -- set-up and minimum fall due without use too
  check ((rounding = 'block') = (block_s is not null)),
  exclude using gist (resource_id with =, valid with &&) deferrable
);

create unique index tariff_from on tariff (resource_id, lower(valid)) nulls not distinct;

create table funder (
  id uuid primary key,
  code code not null unique,
  name text not null
);

create table programme (
  id uuid primary key,
  code code not null unique,
  site_id uuid not null references site,
  name text not null,
  valid daterange not null,
  priority smallint not null default 1,
  rate_num bigint not null check (rate_num >= 0),
  rate_den bigint not null check (rate_den > 0 and rate_num <= rate_den),
  firm_year_cap bigint check (firm_year_cap >= 0),
  matching text not null default 'loose' check (matching in ('loose', 'strict')),
  draws_partially boolean not null default true,
  regions text[],                                       -- null: any
  industries text[],
  head_count_max integer,
  hold_expiry_s integer not null default 7200 check (hold_expiry_s > 0)  -- after a booking's end
);

create table programme_funder (
  programme_id uuid not null references programme,
  funder_id uuid not null references funder,
  ordinal smallint not null,
  weight bigint not null check (weight >= 0),
  primary key (programme_id, funder_id),
  unique (programme_id, ordinal)
);

-- Money of one funder for one programme and fiscal year. The balance is the sum of its entries: only
-- the entries' trigger moves it, and it can't fall below zero.
create table budget (
  id uuid primary key,
  programme_id uuid not null references programme,
  funder_id uuid not null references funder,
  fiscal_year smallint not null,
  balance bigint not null default 0 check (balance >= 0),
  granted bigint not null default 0,                    -- the same sum by kind, so that nobody adds up the ledger
  held bigint not null default 0,
  drawn bigint not null default 0,
  check (balance = granted - held - drawn),
  is_closed boolean not null default false,
  unique (programme_id, funder_id, fiscal_year)
);

-- What a firm holds and has drawn of a budget: counts towards the programme's cap. Moved by the entries' trigger too.
create table budget_firm (
  budget_id uuid not null references budget,
  firm_id uuid not null references firm,
  held bigint not null,
  drawn bigint not null,
  primary key (budget_id, firm_id)
);

-- ---------------------------------------------------------------- bookings and claims

create table booking (
  id uuid primary key,
  firm_id uuid not null references firm,
  resource_id uuid not null references resource,
  person_id uuid not null references person,            -- for whom
  created_by uuid not null references person,           -- by whom: staff may book for a firm
  mode text not null check (mode in ('self', 'assisted', 'commissioned')),
  during tstzrange not null check (not isempty(during) and lower(during) is not null and upper(during) is not null),
  purpose text,
  status text not null check (status in ('confirmed', 'cancelled', 'started', 'finished', 'missed')),
  price bigint not null check (price >= 0),             -- expected fee, before support and tax
  support bigint not null check (support >= 0 and support <= price),   -- held in budgets
  holds jsonb not null default '[]',                    -- what was held when it was made, by budget
  explain jsonb not null,                               -- the itemised expectation
  override_reason text,
  created_at timestamptz not null,
  cancelled_at timestamptz,
  cancelled_by uuid references person,
  cancel_reason text,
  version integer not null default 1,
  starts_at timestamptz not null generated always as (lower(during)) stored, -- for order and paging
  ends_at timestamptz not null generated always as (upper(during)) stored
);
create index on booking (resource_id, starts_at, id);
create index on booking (firm_id, starts_at, id);
create index on booking (starts_at, id);
create index on booking (ends_at) where status in ('confirmed', 'missed') and support > 0; -- whose hold may expire

-- The only way to occupy anything. `during` includes set-up and tear-down.
create table claim (
  id bigint generated always as identity primary key,
  unit_id uuid not null references unit,
  during tstzrange not null check (not isempty(during)),
  live boolean not null default true,
  booking_id uuid references booking deferrable initially deferred, -- claims are taken first
  reason text not null default 'booking' check (reason in ('booking', 'maintenance', 'closure', 'course')),
  check ((reason = 'booking') = (booking_id is not null)),
  exclude using gist (unit_id with =, during with &&) where (live)
);
create index on claim (booking_id);

create table session (
  id uuid primary key,
  booking_id uuid unique references booking,
  firm_id uuid not null references firm,
  resource_id uuid not null references resource,
  unit_id uuid not null references unit,
  technician_id uuid not null references person,
  started_at timestamptz not null,
  finished_at timestamptz check (finished_at >= started_at),
  sample_count integer check (sample_count >= 0),
  operator_s integer check (operator_s >= 0),
  outcome text check (outcome in ('done', 'partly', 'failed')),
  notes text,
  version integer not null default 1,
  has_usage boolean not null default false,             -- it is reconciled: see usage
  -- One at a time on a unit; one that goes on has no end.
  exclude using gist (unit_id with =, tstzrange(started_at, finished_at) with &&)
);
create index on session (resource_id, started_at, id);
create index on session (firm_id, started_at, id);
create index on session (started_at, id);
create index on session (finished_at, id) where finished_at is not null and not has_usage; -- what is to be reconciled

-- ---------------------------------------------------------------- metering

create table profile (
  code code primary key,
  doc jsonb not null
);

create table meter (
  id uuid primary key,
  resource_id uuid not null references resource,
  code code not null unique,
  profile code not null references profile,
  host text not null,                                   -- address literal
  port integer not null check (port between 1 and 65535),
  modbus_unit smallint not null check (modbus_unit between 0 and 255),
  poll_ms integer not null check (poll_ms between 50 and 3600000),
  timeout_ms integer not null default 500 check (timeout_ms between 10 and 60000),
  rated_w integer check (rated_w > 0),
  is_active boolean not null default true
);

-- How a resource's run state follows from its meters.
create table run_rule (
  resource_id uuid primary key references resource,
  basis text not null check (basis in ('contact', 'power', 'both')),
  on_w integer not null default 400,
  off_w integer not null default 200 check (off_w <= on_w),
  standby_w integer not null default 15,
  contact_on_ms integer not null default 2000,
  contact_off_ms integer not null default 5000,
  hold_ms integer not null default 60000,
  gap_ms integer not null default 30000,
  confirm_count smallint not null default 3
);

-- What was read, as it was read. Key (meter, seq): loading twice is harmless. Partitioned by time; a
-- partition is made before it is needed, and by the ingest itself when it is missing.
create table sample (
  meter_id uuid not null,
  seq bigint not null,
  at timestamptz not null,                              -- middle of request and reply
  mono_us bigint not null,                              -- the same on the monotonic clock
  half_us integer not null,                             -- half of the round trip: the uncertainty
  power_mw bigint,
  energy_mwh bigint,
  contact boolean,
  quality integer not null,                             -- bits of metering/sample.h
  primary key (meter_id, seq, at)
) partition by range (at);
create index on sample using brin (at); -- they come nearly in the order of their time

-- The run-state machine's memory, so that a restart continues the same run.
create table run_state (
  resource_id uuid primary key references resource,
  state jsonb not null,
  version integer not null,                             -- of the state's form
  observed_until timestamptz
);
create table meter_progress (
  meter_id uuid primary key references meter,
  last_seq bigint not null,
  last_at timestamptz not null                          -- of that sample
);

-- One row a span of one state; the last one is open. Every observed moment lies in exactly one span.
create table span (
  id bigint generated always as identity primary key,
  resource_id uuid not null references resource,
  ordinal bigint not null,                              -- counted by the machine: replay is harmless
  state text not null check (state in ('off', 'idle', 'run', 'unknown')),
  started_at timestamptz not null,
  ended_at timestamptz check (ended_at >= started_at),
  energy_mwh bigint not null default 0,
  quality integer not null default 0,
  unique (resource_id, ordinal)
);
create index on span (resource_id, started_at, id);
create index on span (started_at, id);

-- ---------------------------------------------------------------- usage

-- Booking, session and runs reconciled: what is billed. Three times are kept side by side.
create table usage (
  id uuid primary key,
  session_id uuid not null unique references session,
  booking_id uuid references booking,
  firm_id uuid not null references firm,
  resource_id uuid not null references resource,
  reserved tstzrange,
  logged tstzrange not null,
  metered_from timestamptz,                             -- first and last moment of run in the session
  metered_to timestamptz,
  metered_s bigint not null,                            -- run time, clipped to the session
  unobserved_s bigint not null,
  energy_mwh bigint not null,
  billable_s bigint not null,
  charge_basis text not null,
  quality integer not null,
  status text not null check (status in ('ready', 'held', 'billed')),
  held_reason text check ((held_reason is not null) = (status = 'held')),
  service_day date not null,                            -- local
  version integer not null default 1
);
create index on usage (firm_id, service_day, id);
create index on usage (resource_id, service_day, id);
create index on usage (service_day, id);
create index on usage (firm_id, service_day) where status = 'ready'; -- what is to be billed

create table usage_span (
  usage_id uuid not null references usage,
  span_id bigint not null references span,
  from_at timestamptz not null,
  to_at timestamptz not null,
  energy_mwh bigint not null,                           -- the part's share of the span's
  primary key (usage_id, span_id)
);

-- ---------------------------------------------------------------- documents and ledger

create table billing_run (
  id uuid primary key,
  site_id uuid not null references site,
  month date not null check (extract(day from month) = 1),
  firm_id uuid references firm,                         -- null: all
  requested_by uuid not null references person,
  requested_at timestamptz not null,
  status text not null check (status in ('waiting', 'running', 'done', 'failed')),
  finished_at timestamptz,
  invoice_count integer not null default 0,
  problems jsonb not null default '[]',
  version integer not null default 1
);

create index on billing_run (id) where status in ('waiting', 'running');

create table series (
  site_id uuid not null references site,
  code text not null,                                   -- 'INV-2026'
  last_number bigint not null default 0,
  last_hash bytea not null default '\x0000000000000000000000000000000000000000000000000000000000000000',
  primary key (site_id, code)
);

-- The last position given to an issued document. Its lock makes documents visible in the order of their positions.
create table issue (
  singleton boolean primary key default true check (singleton),
  last_position bigint not null
);
insert into issue (last_position) values (0);

create table invoice (
  id uuid primary key,
  site_id uuid not null references site,
  firm_id uuid not null references firm,
  month date not null,
  billing_run_id uuid references billing_run,
  status text not null check (status in ('draft', 'issued', 'part_paid', 'paid')),
  series text,
  number bigint,
  dated date,
  currency text not null,
  fee bigint not null,                                  -- sum of lines before support
  support bigint not null,
  own_share bigint not null,
  tax bigint not null,
  truncation bigint not null,                           -- <= 0
  total bigint not null,                                -- what the firm pays
  issued_at timestamptz,
  prev_hash bytea,
  hash bytea,
  version integer not null default 1,
  position bigint unique,                               -- order of issue, over all series: feeds page by it
  unique (site_id, series, number),
  check (own_share = fee - support),
  check (total = own_share + tax + truncation),
  check ((status = 'draft') = (issued_at is null)),
  check ((issued_at is null) = (number is null) and (number is null) = (hash is null) and (number is null) = (position is null))
);
create index on invoice (firm_id, position);
create index on invoice (billing_run_id) where billing_run_id is not null;

create table invoice_line (
  id uuid primary key,
  invoice_id uuid not null references invoice,
  firm_id uuid not null references firm,
  n smallint not null check (n > 0),
  usage_id uuid references usage,
  tariff_id uuid references tariff,
  kind text not null check (kind in ('use', 'setup', 'minimum', 'extra')),
  text text not null,
  quantity_num bigint not null,
  quantity_den bigint not null check (quantity_den > 0),
  quantity_unit text not null,
  price_num bigint not null,
  price_den bigint not null check (price_den > 0),
  fee bigint not null,
  support bigint not null,
  own_share bigint not null check (own_share = fee - support),
  tax bigint not null,
  tax_kind text not null,
  quality integer not null,
  explain jsonb not null,                               -- which rule made it, in words and as data
  unique (invoice_id, n)
);
create unique index invoice_line_once on invoice_line (usage_id, kind, tariff_id) nulls not distinct
  where usage_id is not null;
create index on invoice_line (tariff_id);

-- Append-only ledger of budgets. amount is signed: hold and draw are negative, release and return
-- positive; a grant may be corrected by a negative one. `release` gives back what a hold took.
create table budget_entry (
  id bigint generated always as identity primary key,
  budget_id uuid not null references budget,
  kind text not null check (kind in ('grant', 'hold', 'draw', 'release', 'return')),
  amount bigint not null,
  firm_id uuid references firm,
  booking_id uuid references booking deferrable initially deferred, -- money is held first
  invoice_line_id uuid references invoice_line,
  note text,
  at timestamptz not null,
  check (case when kind in ('hold', 'draw') then amount <= 0 when kind = 'grant' then true else amount >= 0 end)
);
create index on budget_entry (budget_id, id);
create index on budget_entry (booking_id) where booking_id is not null;
create index on budget_entry (invoice_line_id) where invoice_line_id is not null;

-- ---------------------------------------------------------------- plumbing

-- Outbox: what happened.
create table event (
  id bigint generated always as identity primary key,
  tx xid8 not null default pg_current_xact_id(),
  at timestamptz not null,
  kind text not null,
  firm_id uuid references firm,
  object_id uuid,
  data jsonb not null default '{}'
);
create index on event (tx, id);

-- The order in which feeds give events out. An event gets its position when no transaction that is still under way
-- can come before it (see fn.events_number), so that whoever has read up to a position has missed nothing.
create table event_order (
  position bigint generated always as identity primary key,
  event_id bigint not null unique references event,
  tx xid8 not null
);

-- The reply of a keyed write, kept with it in its transaction, for ever.
create table idempotency (
  person_id uuid not null references person,
  key text not null check (length(key) between 1 and 128),
  firm_id uuid references firm,
  request_hash bytea not null,
  reply jsonb not null,                                 -- the statement's reply row
  at timestamptz not null,
  primary key (person_id, key)
);

-- --dev only: the clock that every process follows, and requests to run all due jobs.
create table dev_clock (
  singleton boolean primary key default true check (singleton),
  real_us bigint not null,
  shown_us bigint not null,
  rate integer not null check (rate >= 0)
);
create table dev_tick (
  id bigint generated always as identity primary key,
  asked_at timestamptz not null,
  done_at timestamptz
);

-- ---------------------------------------------------------------- who sees what

alter table firm enable row level security;
alter table firm_fact enable row level security;
alter table person enable row level security;
alter table token enable row level security;
alter table qualification enable row level security;
alter table booking enable row level security;
alter table session enable row level security;
alter table usage enable row level security;
alter table usage_span enable row level security;
alter table billing_run enable row level security;
alter table invoice enable row level security;
alter table invoice_line enable row level security;
alter table budget_entry enable row level security;
alter table budget_firm enable row level security;
alter table event enable row level security;
alter table idempotency enable row level security;

create policy scope on firm using (scope_sees(id));
create policy scope on firm_fact using (scope_sees(firm_id));
create policy scope on person using (scope_sees(firm_id));
create policy scope on token using (scope_sees(firm_id));
create policy scope on qualification using (scope_sees(firm_id));
create policy scope on booking using (scope_sees(firm_id));
create policy scope on session using (scope_sees(firm_id));
create policy scope on usage using (scope_sees(firm_id));
create policy scope on usage_span using (exists (select from usage u where u.id = usage_id));
create policy scope on billing_run using (scope_sees(firm_id));
create policy scope on invoice using (scope_sees(firm_id));
create policy scope on invoice_line using (scope_sees(firm_id));
create policy scope on budget_entry using (scope_sees(firm_id));
create policy scope on budget_firm using (scope_sees(firm_id));
create policy scope on event using (scope_sees(firm_id));
create policy scope on idempotency using (scope_sees(firm_id));

-- ---------------------------------------------------------------- what never changes

create trigger append_only before update or delete on budget_entry for each row execute function refuse_change();
create trigger append_only before update or delete on event for each row execute function refuse_change();
create trigger append_only before update or delete on event_order for each row execute function refuse_change();
create trigger append_only before update or delete on idempotency for each row execute function refuse_change();
create trigger append_only before update or delete on sample for each row execute function refuse_change();
create trigger append_only before update or delete on usage_span for each row execute function refuse_change();
create trigger ended_is_final before update or delete on span for each row when (old.ended_at is not null)
  execute function refuse_change();
create trigger billed_is_final before update or delete on usage for each row when (old.status = 'billed')
  execute function refuse_change();

create trigger no_truncate before truncate on budget_entry execute function refuse_change();
create trigger no_truncate before truncate on event execute function refuse_change();
create trigger no_truncate before truncate on event_order execute function refuse_change();
create trigger no_truncate before truncate on idempotency execute function refuse_change();
create trigger no_truncate before truncate on sample execute function refuse_change();
create trigger no_truncate before truncate on span execute function refuse_change();
create trigger no_truncate before truncate on usage execute function refuse_change();
create trigger no_truncate before truncate on usage_span execute function refuse_change();
create trigger no_truncate before truncate on invoice execute function refuse_change();
create trigger no_truncate before truncate on invoice_line execute function refuse_change();
create trigger no_truncate before truncate on tariff execute function refuse_change();

-- An issued document is final; only how far it is paid may move on.
create function invoice_guard() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  allowed invoice := new;
begin
  if old.status = 'draft' then
    return coalesce(new, old);
  end if;
  if tg_op = 'UPDATE' then
    allowed.status := old.status;
    allowed.version := old.version;
    if allowed is not distinct from old and new.status <> 'draft' then
      return new;
    end if;
  end if;
  raise exception 'invoice % is issued: % is refused', old.id, lower(tg_op)
    using errcode = 'restrict_violation';
end $$;
create trigger issued_is_final before update or delete on invoice for each row execute function invoice_guard();

create function invoice_line_guard() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if exists (select from invoice i where i.id in (old.invoice_id, new.invoice_id) and i.status <> 'draft') then
    raise exception 'the invoice of line % is issued: % is refused', coalesce(new.id, old.id), lower(tg_op)
      using errcode = 'restrict_violation';
  end if;
  return coalesce(new, old);
end $$;
create trigger issued_is_final before insert or update or delete on invoice_line
  for each row execute function invoice_line_guard();

-- The last local day of a usage: it may pass midnight, and be priced by two versions of a tariff.
create function usage_last_day(u usage) returns date
language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select greatest(u.service_day,
                  ((greatest(upper(u.logged), upper(u.reserved)) - interval '1 microsecond') at time zone s.zone)::date)
    from resource r join site s on s.id = r.site_id where r.id = u.resource_id
$$;

-- A tariff that priced something stays as it was; only its end may be set, after what it priced.
create function tariff_guard() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  last_day date;
  allowed tariff := new;
begin
  select max(least(coalesce(usage_last_day(u), i.month), upper(old.valid) - 1)) into last_day
    from invoice_line l join invoice i on i.id = l.invoice_id left join usage u on u.id = l.usage_id
    where l.tariff_id = old.id;
  if last_day is null then
    return coalesce(new, old);
  end if;
  if tg_op = 'UPDATE' then
    allowed.valid := old.valid;
    if allowed is not distinct from old and new.valid @> last_day
       and lower(new.valid) is not distinct from lower(old.valid) then
      return new;
    end if;
  end if;
  raise exception 'tariff % has priced something: % is refused', old.id, lower(tg_op)
    using errcode = 'restrict_violation';
end $$;
create trigger priced_is_final before update or delete on tariff for each row execute function tariff_guard();

-- ---------------------------------------------------------------- what follows by itself

-- The only thing that moves a balance and its parts; budget.balance's check keeps it from falling below zero.
create function budget_entry_book() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  update budget b set balance = b.balance + n.amount, granted = b.granted + n.granted, held = b.held + n.held,
      drawn = b.drawn + n.drawn
    from (select budget_id, sum(amount) as amount, coalesce(sum(amount) filter (where kind = 'grant'), 0) as granted,
              coalesce(-sum(amount) filter (where kind in ('hold', 'release')), 0) as held,
              coalesce(-sum(amount) filter (where kind in ('draw', 'return')), 0) as drawn
            from entered group by budget_id) n
    where b.id = n.budget_id;
  insert into budget_firm as b (budget_id, firm_id, held, drawn)
    select budget_id, firm_id, coalesce(-sum(amount) filter (where kind in ('hold', 'release')), 0),
        coalesce(-sum(amount) filter (where kind in ('draw', 'return')), 0)
      from entered where firm_id is not null group by budget_id, firm_id order by budget_id, firm_id
    on conflict (budget_id, firm_id) do update set held = b.held + excluded.held, drawn = b.drawn + excluded.drawn;
  return null;
end $$;
create trigger book after insert on budget_entry referencing new table as entered
  for each statement execute function budget_entry_book();

-- Raises the catalogue's version once a transaction, and only when a row really changed (which is why it is
-- a trigger of rows: one of statements fires for nothing too).
create function catalogue_raise() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  update catalogue set version = version + 1, tx = pg_current_xact_id()
    where tx is distinct from pg_current_xact_id();
  if found then
    perform pg_notify('catalogue', '');
  end if;
  return null;
end $$;

do $$
declare
  name text;
begin
  foreach name in array array['site', 'resource', 'unit', 'opening', 'closed_day', 'booking_rule', 'firm',
    'firm_fact', 'person', 'token', 'qualification', 'tariff', 'funder', 'programme', 'programme_funder',
    'profile', 'meter', 'run_rule']
  loop
    execute format('create trigger catalogue after insert or update or delete on %I'
      ' for each row execute function catalogue_raise()', name);
  end loop;
end $$;
create trigger catalogue after insert or delete or update of programme_id, funder_id, fiscal_year, is_closed
  on budget for each row execute function catalogue_raise();

create function notify_row() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform pg_notify(tg_table_name, '');
  return null;
end $$;
create trigger notify after insert or update on dev_clock for each statement execute function notify_row();
create trigger notify after insert or update on dev_tick for each statement execute function notify_row();
