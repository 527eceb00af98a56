-- The calendar, complete: parts and bundles, quotas, groups of firms, the whole life of a booking with its fees,
-- series, the waiting list, outages, courses, feeds and quotes.

-- ---------------------------------------------------------------- rules

-- Booking a resource takes a unit of each of its parts too. A resource may have no unit of its own (capacity 0): then it
-- is a bundle, or one machine's second name. Parts of parts are not followed.
create table resource_part (
  resource_id uuid not null references resource,
  part_id uuid not null references resource,
  ordinal smallint not null check (ordinal > 0),
  primary key (resource_id, part_id),
  check (resource_id <> part_id)
);

-- Groups of firms, dated: council, cooperative, alumni. A firm may be in several.
create table firm_group (
  id uuid primary key,
  firm_id uuid not null references firm,
  group_code code not null,
  valid daterange not null default daterange(null, null),
  exclude using gist (firm_id with =, (group_code::text) with =, valid with &&) deferrable
);
create unique index firm_group_from on firm_group (firm_id, group_code, lower(valid)) nulls not distinct;

alter table site
  add strike_count integer check (strike_count > 0),    -- so many missed bookings of a firm ...
  add strike_window_s bigint check (strike_window_s > 0), -- ... within this long ...
  add strike_ban_s bigint check (strike_ban_s > 0),     -- ... keep it from booking for this long after the last
  add unpaid_grace_s bigint check (unpaid_grace_s >= 0), -- a firm with an invoice unpaid for longer can't book; null: it can
  add offer_expiry_s integer not null default 7200 check (offer_expiry_s > 0), -- an offer to the waiting list holds so long
  add check (num_nonnulls(strike_count, strike_window_s, strike_ban_s) in (0, 3));

alter table booking_rule
  add lock_s integer not null default 0 check (lock_s >= 0),     -- the firm can't change or cancel later than this before the start
  add gap_s integer not null default 0 check (gap_s >= 0),       -- between two bookings of one person
  add waives_pads boolean not null default false,                -- between two bookings of one firm
  add cancel_fee bigint not null default 0 check (cancel_fee >= 0), -- of a cancellation that is not free: fixed ...
  add cancel_share_num integer not null default 0 check (cancel_share_num >= 0), -- ... and a share of the price
  add cancel_share_den integer not null default 100 check (cancel_share_den > 0 and cancel_share_num <= cancel_share_den),
  add credits_resale boolean not null default true,              -- what somebody else uses of it is credited by the minute
  add check_in_s integer check (check_in_s >= 0),                -- how early one may check in; null: at any time
  add no_show_s integer check (no_show_s > 0),                   -- missed when nobody came so long after the start; null: never
  add no_show_fee bigint not null default 0 check (no_show_fee >= 0),
  add no_show_share_num integer not null default 0 check (no_show_share_num >= 0),
  add no_show_share_den integer not null default 100 check (no_show_share_den > 0 and no_show_share_num <= no_show_share_den),
  add approvals text[] not null default '{}' check (approvals <@ array['technician', 'finance', 'approver', 'admin']), -- in this order
  add approval_expiry_s integer not null default 172800 check (approval_expiry_s > 0), -- pending so long at most, and never beyond the start
  add regions text[],                                            -- which firms may book; null: any
  add industries text[],
  add head_count_max integer,
  add groups text[],                                             -- of one of these
  add holiday_groups text[] not null default '{}',               -- firms of these groups may use it on public holidays
  add configurations text[],                                     -- one has to be chosen
  add takes_waitlist boolean not null default true,
  add unused_limit_s bigint check (unused_limit_s > 0),          -- a qualification lapses so long after its last use ...
  add never_used_limit_s bigint check (never_used_limit_s > 0),  -- ... or after it was given, when it was never used
  add reminder_s bigint check (reminder_s > 0);                  -- the person is told so long before

-- How much may be booked. `holder`: whose bookings are counted together: a person's, a firm's, those of all firms of
-- `group_code`, or everybody's. With `group_code` it concerns firms of that group only. What is counted: one resource, all
-- of a kind, or all of the site; one that names a resource comes before those of its kind and of the site (same holder,
-- measure and period). Periods are local; a booking across a border counts in both, its time is split. `ahead`: all that has
-- not ended yet. A missed booking keeps counting.
create table quota (
  id uuid primary key,
  site_id uuid not null references site,
  code code not null unique,
  valid daterange not null default daterange(null, null),
  holder text not null check (holder in ('person', 'firm', 'group', 'all')),
  group_code code,
  resource_id uuid references resource,
  kind text check (kind in ('instrument', 'room', 'seat', 'tool', 'operator')),
  period text not null check (period in ('day', 'week', 'month', 'year', 'ahead')),
  weekdays smallint[] check (weekdays <@ array[1, 2, 3, 4, 5, 6, 7]::smallint[]), -- only time on these days counts; null: any
  off_from_min smallint check (off_from_min between 0 and 1439), -- time of day that does not count, local; over midnight ...
  off_to_min smallint check (off_to_min between 0 and 1440),     -- ... when it ends before it begins
  most_count integer check (most_count >= 0),
  most_s bigint check (most_s >= 0),
  check (num_nonnulls(most_count, most_s) = 1),
  check (num_nonnulls(resource_id, kind) < 2),
  check (num_nonnulls(off_from_min, off_to_min) in (0, 2)),
  check (holder <> 'group' or group_code is not null)
);

-- When a person last used a resource: not a part of the catalogue, since it changes with every session.
create table qualification_use (
  person_id uuid not null references person,
  resource_id uuid not null references resource,
  firm_id uuid references firm,
  last_used_at timestamptz not null,
  primary key (person_id, resource_id)
);

-- What a person was told of a qualification, once each.
create table qualification_notice (
  qualification_id uuid not null references qualification on delete cascade,
  kind text not null check (kind in ('expiring', 'expired')),
  due_at timestamptz not null,
  primary key (qualification_id, kind, due_at)
);

-- ---------------------------------------------------------------- bookings

create table booking_series (
  id uuid primary key,
  firm_id uuid not null references firm,
  resource_id uuid not null references resource,
  person_id uuid not null references person,
  created_by uuid not null references person,
  rrule text not null,
  starts_local timestamp not null,                      -- of the first one, in the site's zone
  duration_s integer not null check (duration_s > 0),
  on_conflict text not null check (on_conflict in ('refuse', 'skip')),
  made integer not null,
  skipped jsonb not null default '[]',                  -- [{"start", "violations": [...]}]
  created_at timestamptz not null,
  version integer not null default 1
);
create index on booking_series (firm_id, id);

-- A stored, itemised price for a booking that is not yet made; binding until it expires.
create table quote (
  id uuid primary key,
  firm_id uuid not null references firm,
  resource_id uuid not null references resource,
  also uuid[] not null,
  person_id uuid not null references person,
  mode text not null,
  during tstzrange not null,
  price bigint not null check (price >= 0),
  support bigint not null check (support >= 0 and support <= price), -- expected; held only by a booking
  explain jsonb not null,
  made_at timestamptz not null,
  expires_at timestamptz not null
);
create index on quote (firm_id, id);

-- offered (to the waiting list), pending (wants approvals) and confirmed ones hold claims; offered and pending ones expire.
-- What the rules said when it was made or changed is kept with it: jobs and later writes ask the row, not the rules.
alter table booking
  drop constraint booking_status_check,
  add constraint booking_status_check
    check (status in ('offered', 'pending', 'confirmed', 'cancelled', 'started', 'finished', 'missed')),
  add constraint booking_length check (upper(during) <= lower(during) + interval '31 days'), -- bounds every look back
  add also uuid[] not null default '{}',                -- resources booked along with it
  add configuration text,
  add quote_id uuid references quote,
  add series_id uuid references booking_series deferrable initially deferred,
  add locked_from timestamptz not null default 'infinity', -- the firm can't change or cancel from then on
  add free_until timestamptz not null default 'infinity', -- cancelling is free until then
  add late_fee bigint not null default 0 check (late_fee >= 0),
  add credits_resale boolean not null default true,
  add check_in_from timestamptz not null default '-infinity',
  add no_show_at timestamptz,                           -- missed when nobody has come by then
  add no_show_fee bigint not null default 0 check (no_show_fee >= 0),
  add finishes_itself boolean not null default false,   -- at its end, without a session: billed as reserved
  add approvals text[] not null default '{}',           -- roles that have to agree, in order ...
  add approved smallint not null default 0,             -- ... and how many have
  add expires_at timestamptz check ((status not in ('offered', 'pending')) or expires_at is not null),
  add checked_in_at timestamptz,                        -- by a person, or by the meter that saw it run
  add missed_at timestamptz check ((missed_at is not null) = (status = 'missed')),
  add fee bigint not null default 0 check (fee >= 0),   -- of a late cancellation or a no-show, before resale credit
  add fee_kind text check (fee_kind in ('late_cancellation', 'no_show')),
  add is_settled boolean not null default false,        -- its fee, or its reserved time, has become a usage
  add check ((fee > 0) <= (fee_kind is not null)),
  -- When time itself changes this booking next (see fn.booking_lapse): expiry, no-show, end.
  add due_at timestamptz generated always as (
    case when status in ('offered', 'pending') then expires_at
         when status = 'confirmed' and checked_in_at is null and no_show_at is not null then no_show_at
         when status = 'confirmed' and finishes_itself then upper(during) end) stored;
create index on booking (due_at, id) where due_at is not null;
create index on booking (firm_id, due_at) where due_at is not null; -- those of one firm come first when it books
create index on booking (firm_id, missed_at) where missed_at is not null;
create index on booking (series_id) where series_id is not null;
create index on booking using gin (also) where also <> '{}'; -- quotas count what is booked along too
-- The few long ones: of all others, those that overlap a span begin at most a day before it (see fn.bookings_of_firm).
create index on booking (firm_id, starts_at) where ends_at - starts_at > interval '1 day';
create index on booking (resource_id, starts_at) where ends_at - starts_at > interval '1 day';
create index on booking (starts_at) where ends_at - starts_at > interval '1 day';
create index on booking (ends_at, id) where not is_settled
  and (status in ('cancelled', 'missed') and fee > 0 or status = 'finished' and finishes_itself); -- what is to be settled
create index on invoice (firm_id, issued_at) where status in ('issued', 'part_paid');

-- What a booking was before each change, for ever. `version` is the one that was replaced.
create table booking_history (
  booking_id uuid not null references booking,
  version integer not null,
  firm_id uuid not null references firm,
  kind text not null check (kind in ('changed', 'approved', 'accepted', 'checked_in', 'cancelled', 'missed', 'finished')),
  at timestamptz not null,                              -- when it took effect
  person_id uuid references person,                     -- null: time itself
  reason text,
  was jsonb not null,                                   -- start, end, resource, also, price, support, status, configuration
  primary key (booking_id, version)
);

-- `version`: of the booking that was decided on; one that is changed may want its approvals again.
create table booking_approval (
  booking_id uuid not null references booking,
  version integer not null,
  step smallint not null check (step > 0),
  firm_id uuid not null references firm,
  role text not null,
  person_id uuid not null references person,
  is_approved boolean not null,
  reason text,
  at timestamptz not null,
  primary key (booking_id, version)
);

-- ---------------------------------------------------------------- waiting list

-- Somebody waits for `duration_s` anywhere between earliest and latest; for one slot when that is the whole of it.
create table waitlist_entry (
  id uuid primary key,
  firm_id uuid not null references firm,
  person_id uuid not null references person,
  created_by uuid not null references person,
  resource_id uuid not null references resource,
  also uuid[] not null default '{}',
  mode text not null check (mode in ('self', 'assisted', 'commissioned')),
  earliest timestamptz not null,
  latest timestamptz not null check (latest > earliest),
  duration_s integer not null check (duration_s > 0),
  purpose text,
  configuration text,
  status text not null check (status in ('waiting', 'offered', 'taken', 'left', 'expired')),
  booking_id uuid references booking,                   -- what is or was offered last
  offer_count integer not null default 0,
  created_at timestamptz not null,
  version integer not null default 1
);
create index on waitlist_entry (created_at, id) where status in ('waiting', 'offered');
create index on waitlist_entry (firm_id, id);
create index on waitlist_entry (booking_id) where booking_id is not null;
create unique index waitlist_once on waitlist_entry (person_id, resource_id, earliest, latest) where status in ('waiting', 'offered');

-- ---------------------------------------------------------------- outages

-- Maintenance, closures and faults: nobody can use the resource (null: the whole site) meanwhile.
create table outage (
  id uuid primary key,
  site_id uuid not null references site,
  resource_id uuid references resource,
  kind text not null check (kind in ('maintenance', 'closure', 'fault')),
  title text not null check (length(title) > 0),
  during tstzrange not null check (not isempty(during) and lower(during) is not null and upper(during) is not null),
  series_id uuid,                                       -- the first one's id, of those that were made together
  created_by uuid not null references person,
  created_at timestamptz not null,
  ended_at timestamptz,                                 -- cancelled, or ended early, at
  ended_by uuid references person,
  version integer not null default 1,
  starts_at timestamptz not null generated always as (lower(during)) stored,
  ends_at timestamptz not null generated always as (upper(during)) stored
);
create index on outage (starts_at, id);
create index on outage (resource_id, starts_at, id);

-- ---------------------------------------------------------------- courses

create table course (
  id uuid primary key,
  site_id uuid not null references site,
  code code not null unique,
  name text not null,
  room_id uuid not null references resource,
  seats integer not null check (seats > 0),             -- so many units of the room are claimed
  attendance_num integer not null default 1 check (attendance_num >= 0), -- share of the meetings that passes
  attendance_den integer not null default 1 check (attendance_den > 0 and attendance_num <= attendance_den),
  is_active boolean not null default true
);

-- Passing the course opens self-use of the resource.
create table course_grant (
  course_id uuid not null references course,
  resource_id uuid not null references resource,
  validity_s bigint check (validity_s > 0),             -- null: without end
  primary key (course_id, resource_id)
);

create table cohort (
  id uuid primary key,
  course_id uuid not null references course,
  seats integer not null check (seats > 0),
  status text not null check (status in ('open', 'finished', 'cancelled')),
  created_by uuid not null references person,
  created_at timestamptz not null,
  finished_at timestamptz,
  version integer not null default 1
);
create table cohort_meeting (
  cohort_id uuid not null references cohort,
  n smallint not null check (n > 0),
  during tstzrange not null check (not isempty(during)),
  primary key (cohort_id, n)
);
create table enrolment (
  cohort_id uuid not null references cohort,
  person_id uuid not null references person,
  firm_id uuid references firm,
  status text not null check (status in ('enrolled', 'waiting', 'left', 'passed', 'failed')),
  enrolled_at timestamptz not null,
  version integer not null default 1,
  primary key (cohort_id, person_id)
);
create index on enrolment (person_id);
create table attendance (
  cohort_id uuid not null,
  n smallint not null,
  person_id uuid not null,
  is_present boolean not null,
  noted_by uuid not null references person,
  noted_at timestamptz not null,
  primary key (cohort_id, n, person_id),
  foreign key (cohort_id, n) references cohort_meeting,
  foreign key (cohort_id, person_id) references enrolment
);

alter table qualification add cohort_id uuid references cohort; -- the course it comes from

-- ---------------------------------------------------------------- claims

alter table claim
  drop constraint claim_check,
  add outage_id uuid references outage deferrable initially deferred,
  add cohort_id uuid references cohort deferrable initially deferred,
  add wants tstzrange,                                  -- with all pads, where some were waived for the firm's next booking
  add constraint claim_owner check (
    num_nonnulls(booking_id, outage_id, cohort_id) = 1
    and (reason = 'booking') = (booking_id is not null)
    and (reason in ('maintenance', 'closure')) = (outage_id is not null));
create index on claim (outage_id) where outage_id is not null;
create index on claim (cohort_id) where cohort_id is not null;

-- ---------------------------------------------------------------- sessions that nobody closed

-- When one that was left open counts as forgotten: see fn.session_forgotten_at.
alter table session add forgotten_at timestamptz;
create index on session (started_at, id) where finished_at is null;

-- ---------------------------------------------------------------- usage of what had no session

-- A late cancellation, a no-show, or a room that was reserved: a usage without a session. A fee's amount is fixed; its
-- resale credit is already off. Nobody logged an absence: `logged` is empty.
alter table usage
  alter session_id drop not null,
  add kind text not null default 'use' check (kind in ('use', 'late_cancellation', 'no_show')),
  add fee bigint check (fee >= 0),
  add resold_s bigint check (resold_s >= 0),            -- what of the time that became free others used
  add check ((kind = 'use') = (fee is null)),
  add check ((kind = 'use') = (resold_s is null)),
  add check (session_id is not null or booking_id is not null);
create unique index usage_of_booking on usage (booking_id) where session_id is null;

alter table invoice_line
  drop constraint invoice_line_kind_check,
  add constraint invoice_line_kind_check check (kind in ('use', 'setup', 'minimum', 'extra', 'fee'));

-- ---------------------------------------------------------------- feeds

-- A calendar that a program subscribes to by a secret address.
create table feed (
  id uuid primary key,
  firm_id uuid references firm,                         -- whose data it shows; null: the lab's
  kind text not null check (kind in ('resource', 'firm', 'person')),
  object_id uuid not null,
  hash bytea not null unique check (octet_length(hash) = 32),
  label text not null,
  created_by uuid not null references person,
  created_at timestamptz not null,
  revoked_at timestamptz
);
create index on feed (created_by);

-- ---------------------------------------------------------------- who sees what

alter table firm_group enable row level security;
alter table qualification_use enable row level security;
alter table booking_series enable row level security;
alter table quote enable row level security;
alter table booking_history enable row level security;
alter table booking_approval enable row level security;
alter table waitlist_entry enable row level security;
alter table enrolment enable row level security;
alter table attendance enable row level security;
alter table feed enable row level security;

create policy scope on firm_group using (scope_sees(firm_id));
create policy scope on qualification_use using (scope_sees(firm_id));
create policy scope on booking_series using (scope_sees(firm_id));
create policy scope on quote using (scope_sees(firm_id));
create policy scope on booking_history using (scope_sees(firm_id));
create policy scope on booking_approval using (scope_sees(firm_id));
create policy scope on waitlist_entry using (scope_sees(firm_id));
create policy scope on enrolment using (scope_sees(firm_id));
create policy scope on attendance using (exists (select from enrolment e
                                                   where e.cohort_id = attendance.cohort_id and e.person_id = attendance.person_id));
create policy scope on feed using (scope_sees(firm_id));

create trigger append_only before update or delete on booking_history for each row execute function refuse_change();
create trigger append_only before update or delete on booking_approval for each row execute function refuse_change();
create trigger append_only before update or delete on quote for each row execute function refuse_change();
create trigger no_truncate before truncate on booking_history execute function refuse_change();
create trigger no_truncate before truncate on booking_approval execute function refuse_change();

create trigger catalogue after insert or update or delete on resource_part for each row execute function catalogue_raise();
create trigger catalogue after insert or update or delete on firm_group for each row execute function catalogue_raise();
create trigger catalogue after insert or update or delete on quota for each row execute function catalogue_raise();
