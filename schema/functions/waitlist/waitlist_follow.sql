-- Lets an entry of the waiting list follow the booking that it was offered: accepted, it is taken; when the offer came to
-- nothing, it waits on, or is over when nothing can come any more. For whatever changes a booking that was offered; of any
-- other booking, and called again, it does nothing.
-- Runs as the owner: time is applied by whoever meets it, also by another firm's people.
create function fn.waitlist_follow(booking uuid, at timestamptz) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  b booking;
  e waitlist_entry;
begin
  update waitlist_entry w set version = w.version + 1,
      status = case when k.status <> 'cancelled' then 'taken'
                    when w.latest - w.duration_s * interval '1 second' < waitlist_follow.at then 'expired'
                    else 'waiting' end
    from booking k
    where k.id = waitlist_follow.booking and w.booking_id = k.id and w.status = 'offered' and k.status <> 'offered'
    returning w.* into e;
  if not found then
    return;
  end if;
  select * into b from booking k where k.id = waitlist_follow.booking;
  perform fn.waitlist_event(waitlist_follow.at, case e.status when 'waiting' then 'waitlist.passed' else 'waitlist.' || e.status end, e,
                            jsonb_build_object('booking', b.id, 'start', fn.instant_text(b.starts_at), 'end', fn.instant_text(b.ends_at)));
end $$;
