-- Applies what time itself does to a booking until `at`, with the time at which it was due, whoever comes to it and however
-- late:
--   offered, pending  -> cancelled when it expires
--   confirmed         -> missed when nobody has come; what is left of its time is free, and its fee falls due
--                     -> finished at its end, where it needs no session
-- True: something changed. False: nothing is due; or a meter has not told yet whether somebody came; or somebody else is at it
-- and this transaction may not wait. Runs as the owner and in everybody's scope: for whoever finds it in the way.
create function fn.booking_lapse(booking uuid, at timestamptz) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  b booking;
  has_changed boolean := false;
  scope constant text := current_setting('labtab.firm', true);
begin
  if not fn.lock(fn.booking_touches(booking), booking) then
    return false;
  end if;
  perform set_config('labtab.firm', '*', true);
  loop
    select * into b from booking k where k.id = booking for no key update;
    exit when b.due_at is null or b.due_at > booking_lapse.at;
    if b.status <> 'confirmed' then
      perform fn.booking_void(b, b.due_at, null, 'expired', 0);
    elsif b.checked_in_at is null and b.no_show_at is not null then
      exit when not fn.booking_miss(b, booking_lapse.at);
    else
      perform fn.booking_finish(b, b.ends_at);
    end if;
    has_changed := true;
  end loop;
  perform set_config('labtab.firm', scope, true);
  return has_changed;
end $$;
