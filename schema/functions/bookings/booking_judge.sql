-- What only the database knows of the rules: every one that is broken.
--   quota_count, quota_time  /quota/<code>: see fn.quota_judge
--   gap_too_short            /start: too near to another booking of the person (limit and actual in seconds)
--   firm_suspended           for missed bookings (limit: until when; actual: how many)
--   firm_unpaid              an invoice is unpaid for longer than the grace (limit: that, in seconds; actual: since when)
--   not_qualified            /resource: not used for too long by then (limit: until when it holds)
-- `changed`: the booking that would be replaced.
create function fn.booking_judge(at timestamptz, w fn.wish, place fn.booking_place, changed uuid) returns fn.violation[]
language plpgsql volatile as $$
declare
  faults fn.violation[] := '{}';
begin
  if w.quotas <> '{}' then
    faults := fn.quota_judge(at, w, place.zone, changed);
  end if;
  if w.gap_s > 0 or place.strike_count is not null then
    perform fn.firm_lapse(w.firm, at);
  end if;
  if w.gap_s > 0 then
    faults := faults || fn.gap_judge(w, changed);
  end if;
  if place.strike_count is not null then
    faults := faults || fn.strikes_judge(at, w.firm, place);
  end if;
  if place.unpaid_grace_s is not null then
    faults := faults || fn.unpaid_judge(at, w.firm, place);
  end if;
  if w.unused_limit_s is not null or w.never_used_limit_s is not null then
    faults := faults || fn.last_use_judge(w);
  end if;
  return faults;
end $$;
