-- Takes `seats` units of the room for each meeting: all, or none. The numbers (from 1) of the meetings for which there are not
-- enough; none when all were taken. What is due in the way lapses, and bookings that have not begun are seated anew, as for a
-- booking; the caller holds the locks of fn.cohort_locks.
--
-- Runs as the owner, for a caller who sees everything: nobody else writes claims.
create function fn.cohort_claims_take(at timestamptz, cohort uuid, room uuid, seats integer, starts timestamptz[],
                                      ends timestamptz[])
returns integer[]
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  meeting record;
  unit uuid;
  missing integer[] := '{}';
begin
  if not scope_sees(null) then
    raise insufficient_privilege using message = 'courses need the scope of the whole lab';
  end if;
  for meeting in
    select d.n, tstzrange(d.from_at, d.to_at) as span
      from unnest(starts, ends) with ordinality d (from_at, to_at, n) order by d.from_at
  loop
    perform fn.claims_lapse(cohort_claims_take.at, room, meeting.span);
    for seat in 1 .. seats loop
      unit := coalesce(fn.claims_seek(room, meeting.span), fn.claims_reseat(cohort_claims_take.at, room, meeting.span));
      insert into claim (unit_id, during, reason, cohort_id)
        select unit, meeting.span, 'course', cohort where unit is not null
        on conflict do nothing;
      if not found then
        missing := missing || meeting.n::integer;
        exit;
      end if;
    end loop;
  end loop;
  if missing <> '{}' then
    delete from claim c where c.cohort_id = cohort;
  end if;
  return missing;
end $$;
