-- A booking as a change of it begins with: no row when there is none in scope. `fee` and `price`: what it costs, and the
-- explanation of that alone.
-- role: api
-- $1 uuid: booking
select b.version, b.status, b.firm_id, b.resource_id, b.also, b.person_id, b.created_by, b.mode, b.starts_at as "start",
    b.ends_at as "end", b.purpose, b.configuration, b.quote_id, b.series_id, b.price as fee, b.explain -> 'price' as price
  from booking b
  where b.id = $1::uuid;
