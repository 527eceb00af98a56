-- Ends entries of the waiting list whose time is over: nothing of their length fits any more. Returns how many; at most `most`.
-- Their time is when it was over, however late the job comes to it. Runs as the owner: for everybody at once.
create function fn.waitlist_expire(at timestamptz, most bigint) returns bigint
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  e waitlist_entry;
  count bigint := 0;
begin
  if not scope_sees(null) then
    raise insufficient_privilege using message = 'entries expire for everybody at once';
  end if;
  for e in
    select w.* from waitlist_entry w
      where w.status = 'waiting' and w.latest - w.duration_s * interval '1 second' < waitlist_expire.at
      order by w.created_at, w.id limit most
      for no key update skip locked
  loop
    update waitlist_entry w set status = 'expired', version = w.version + 1 where w.id = e.id returning w.* into e;
    perform fn.waitlist_event(e.latest - e.duration_s * interval '1 second', 'waitlist.expired', e);
    count := count + 1;
  end loop;
  return count;
end $$;
