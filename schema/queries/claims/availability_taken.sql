-- What is taken of resources: a row a unit, its claims as two lists in no order, so that a calendar of thousands of claims
-- is a few values. The claims come from the exclusion constraint's index alone.
-- What need not count comes apart: claims of the booking that is about to be changed, and of a firm's own bookings where
-- pads between them are waived; `core`: the booking itself without pads, null of the one that is changed.
-- role: api, jobs
-- $1 uuid[]: resources (null: is not asked for); $2, $3 timestamptz: from and to; $4 uuid: booking or null; $5 uuid: firm or null
select r.n, u.ordinal, c.starts, c.ends, o.own_starts, o.own_ends, o.core_starts, o.core_ends
  from unnest($1::uuid[]) with ordinality r(id, n)
    join unit u on u.resource_id = r.id
    cross join lateral (
      select array_agg(lower(c.during)) as starts, array_agg(upper(c.during)) as ends
        from claim c
        where c.unit_id = u.id and c.live and c.during && tstzrange($2::timestamptz, $3::timestamptz)) c
    cross join lateral (
      select array_agg(lower(k.during)) as own_starts, array_agg(upper(k.during)) as own_ends,
          array_agg(case when b.id is distinct from $4::uuid then lower(b.during) end) as core_starts,
          array_agg(case when b.id is distinct from $4::uuid then upper(b.during) end) as core_ends
        from booking b
          join claim k on k.booking_id = b.id
        where k.unit_id = u.id and k.live and k.during && tstzrange($2::timestamptz, $3::timestamptz)
          and (b.id = $4::uuid
               or b.firm_id = $5::uuid and b.starts_at > $2::timestamptz - interval '32 days' and b.starts_at < $3::timestamptz)) o
  order by r.n, u.ordinal;
