-- How many units of a resource have claims at the same instant of a span, at most, those of the booking `whose` aside.
create function fn.claims_most(resource uuid, span tstzrange, whose uuid) returns bigint
language sql stable as $$
  with taken as (
    select c.during
      from unit u join claim c on c.unit_id = u.id and c.live and c.during && span
      where u.resource_id = resource and c.booking_id is distinct from whose
  )
  select coalesce(max((select count(*) from taken t where t.during @> i.at)), 0)
    from (select greatest(lower(during), lower(span)) as at from taken) i
$$;
