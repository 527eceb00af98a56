-- Marks sessions that nobody closed in time, at most `most`. Returns how many. Runs as the owner, to hold them still.
create function fn.sessions_forget(at timestamptz, most bigint) returns bigint
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  s session;
  count bigint := 0;
begin
  if not scope_sees(null) then
    raise insufficient_privilege using message = 'sessions are looked after for everybody at once';
  end if;
  for s in
    select k.* from session k
      where k.finished_at is null and k.forgotten_at is null and fn.session_forgotten_at(k) <= sessions_forget.at
      order by k.started_at, k.id
      limit most
      for no key update skip locked
  loop
    perform fn.session_forget(s, sessions_forget.at);
    count := count + 1;
  end loop;
  return count;
end $$;
