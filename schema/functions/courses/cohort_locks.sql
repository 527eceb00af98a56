-- Keys of what a cohort's meetings touch in their room: its days, and what would lapse or be seated anew where fewer than `seats`
-- units are free.
create function fn.cohort_locks(at timestamptz, room uuid, seats integer, starts timestamptz[], ends timestamptz[])
returns bigint[]
language plpgsql stable as $$
declare
  keys bigint[] := '{}';
  free bigint;
begin
  for i in 1 .. cardinality(starts) loop
    keys := keys || fn.lock_days(room, starts[i], ends[i]);
    select count(*) into free from unit u
      where u.resource_id = room
        and not exists (select from claim c where c.unit_id = u.id and c.live and c.during && tstzrange(starts[i], ends[i]));
    if free < seats then
      keys := keys || (fn.claims_hope(at, room, tstzrange(starts[i], ends[i]), null)).locks;
    end if;
  end loop;
  return keys;
end $$;
