-- One booking: no row when there is none in scope. Columns of fn.booking_reply without the first four.
-- role: api
-- $1 uuid: booking
select b.id, b.firm_id, f.code as firm, b.resource_id, r.code as resource, b.person_id, b.created_by, b.mode,
    b.starts_at as "start", b.ends_at as "end", b.purpose, b.status, b.price, b.support,
    b.price - b.support as own_share, s.currency, b.explain, b.holds,
    array(select o.code::text from unnest(b.also) with ordinality a (id, n) join resource o on o.id = a.id order by a.n) as also,
    b.configuration, b.quote_id, b.series_id, b.approvals, b.approved::integer as approved, b.expires_at,
    nullif(b.locked_from, 'infinity') as locked_from, nullif(b.free_until, 'infinity') as free_until, b.late_fee,
    b.no_show_at, b.no_show_fee, b.checked_in_at, b.missed_at, b.fee, b.fee_kind, b.override_reason, b.created_at,
    b.cancelled_at, b.cancelled_by, b.cancel_reason, b.version
  from booking b
    join resource r on r.id = b.resource_id
    join site s on s.id = r.site_id
    join firm f on f.id = b.firm_id
  where b.id = $1::uuid;
