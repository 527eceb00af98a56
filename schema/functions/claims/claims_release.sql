-- Gives back what a booking still has; with `done_at`, what it has beyond an end at that instant: tearing down still takes
-- the time that it takes. Pads that were waived for it are claimed again. The caller holds the booking's locks.
-- Runs as the owner: nobody else writes claims.
create function fn.claims_release(booking uuid, done_at timestamptz default null) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  freed record;
begin
  if exists (select from booking b where b.id = booking and not scope_sees(b.firm_id)) then
    raise insufficient_privilege using message = 'the booking is out of scope';
  end if;
  for freed in
    update claim c set
        live = coalesce(lower(c.during) < n.free_at, false),
        during = case when lower(c.during) < n.free_at then c.during * tstzrange(null, n.free_at) else c.during end,
        wants = null
      from (select k.id, k.during, done_at + (upper(coalesce(k.wants, k.during)) - b.ends_at) as free_at
              from claim k join booking b on b.id = k.booking_id
              where k.booking_id = booking and k.live) n
      where c.id = n.id and (n.free_at is null or upper(c.during) > n.free_at)
      returning c.unit_id, n.during
  loop
    perform fn.claims_restore(freed.unit_id, freed.during);
  end loop;
end $$;
