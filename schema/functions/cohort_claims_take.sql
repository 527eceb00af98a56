-- Takes `seats` units of the room for each meeting: all, or none. The numbers (from 1) of the meetings for which there are not
-- enough; none when all were taken.
--
-- Meetings and units are visited in the order of time and id; ON CONFLICT DO NOTHING settles races, as in fn.claims_take.
-- Runs as the owner, for a caller who sees everything: nobody else writes claims.
create function fn.cohort_claims_take(cohort uuid, room uuid, seats integer, starts timestamptz[], ends timestamptz[])
returns integer[]
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  meeting record;
  candidate uuid;
  got integer;
  missing integer[] := '{}';
begin
  if not scope_sees(null) then
    raise insufficient_privilege using message = 'courses need the scope of the whole lab';
  end if;
  for meeting in
    select d.n, tstzrange(d.from_at, d.to_at) as span
      from unnest(starts, ends) with ordinality d (from_at, to_at, n) order by d.from_at
  loop
    got := 0;
    for candidate in
      select u.id from unit u
        where u.resource_id = room
          and not exists (select from claim c where c.unit_id = u.id and c.live and c.during && meeting.span)
        order by u.id
    loop
      exit when got = seats;
      insert into claim (unit_id, during, reason, cohort_id) values (candidate, meeting.span, 'course', cohort)
        on conflict do nothing;
      got := got + found::integer;
    end loop;
    if got < seats then
      missing := missing || meeting.n::integer;
    end if;
  end loop;
  if missing <> '{}' then
    delete from claim c where c.cohort_id = cohort;
  end if;
  return missing;
end $$;
