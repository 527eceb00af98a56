-- Gives back what a booking still has; with `from_at`, only what lies after that instant.
-- Runs as the owner: nobody else writes claims.
create function fn.claims_release(booking uuid, from_at timestamptz default null) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if exists (select from booking b where b.id = booking and not scope_sees(b.firm_id)) then
    raise insufficient_privilege using message = 'the booking is out of scope';
  end if;
  update claim set
      live = from_at is not null and lower(during) < from_at,
      during = case when lower(during) < from_at then during * tstzrange(null, from_at) else during end
    where booking_id = booking and live and (from_at is null or upper(during) > from_at);
end $$;
