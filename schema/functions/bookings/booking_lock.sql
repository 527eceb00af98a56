-- Holds a booking still for a change that needs one of `statuses`: takes the locks of what it has and of `more`, applies what
-- time has done to it, and says why it can't be changed:
--   busy, not_found, already_cancelled, already_started, already_finished, already_missed, awaits_approval, conflict (another
--   status: actual), stale_version (limit: the version; not asked without one)
-- Where it was moved while this waited, its new place is only tried for: busy. For the owner's functions; a booking out of scope
-- is not there.
create function fn.booking_lock(booking uuid, version integer, at timestamptz, statuses text[], more bigint[] default '{}',
                                out b booking, out refusal fn.booking_reply)
language plpgsql volatile as $$
declare
  seen integer;
begin
  select * into b from booking k where k.id = booking and scope_sees(k.firm_id);
  if not found then
    refusal := fn.booking_refuse('not_found', null);
    return;
  elsif not fn.lock(fn.booking_touches(b.id) || more, b.id) then
    refusal := fn.booking_refuse('busy', null);
    return;
  end if;
  seen := b.version;
  select * into b from booking k where k.id = booking for no key update;
  if b.version <> seen and not fn.lock(fn.booking_touches(b.id), b.resource_id) then
    refusal := fn.booking_refuse('busy', null);
    return;
  end if;
  if b.due_at <= at and fn.booking_lapse(b.id, at) then
    select * into b from booking k where k.id = booking;
  end if;
  if b.status <> all (statuses) then
    refusal := fn.booking_refuse(case b.status when 'cancelled' then 'already_cancelled' when 'started' then 'already_started'
                                               when 'finished' then 'already_finished' when 'missed' then 'already_missed'
                                               when 'pending' then 'awaits_approval' else 'conflict' end, null, null, b.status);
  elsif b.version <> version then
    refusal := fn.booking_refuse('stale_version', null, b.version::text, version::text);
  end if;
end $$;
