-- Gives back what a booking still has; with `done_at`, what it has beyond an end at that instant: tearing down still takes
-- the time that it takes.
-- Runs as the owner: nobody else writes claims.
create function fn.claims_release(booking uuid, done_at timestamptz default null) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if exists (select from booking b where b.id = booking and not scope_sees(b.firm_id)) then
    raise insufficient_privilege using message = 'the booking is out of scope';
  end if;
  update claim c set
      live = coalesce(lower(c.during) < n.free_at, false),
      during = case when lower(c.during) < n.free_at then c.during * tstzrange(null, n.free_at) else c.during end
    from (select k.id, done_at + (upper(k.during) - b.ends_at) as free_at
            from claim k join booking b on b.id = k.booking_id
            where k.booking_id = booking and k.live) n
    where c.id = n.id and (n.free_at is null or upper(c.during) > n.free_at);
end $$;
