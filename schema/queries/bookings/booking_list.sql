-- Bookings by start, then id. Columns as booking_get, then `cursor`: of the next page, after this row.
-- Three branches, of which one runs, each along an index of its own: of a firm, of a resource, of all.
-- role: api
-- $1 bigint: most rows; $2 text: cursor of the last row seen, or null
-- Filters, null for any: $3 uuid: firm (a firm's own people always give it); $4 uuid: resource; $5 uuid: person
-- $6 text: status; $7, $8 timestamptz: starting at or after, starting before
select b.id, b.firm_id, f.code as firm, b.resource_id, r.code as resource, b.person_id, b.created_by, b.mode,
    b.starts_at as "start", b.ends_at as "end", b.purpose, b.status, b.price, b.support,
    b.price - b.support as own_share, s.currency, b.explain, b.holds,
    array(select o.code::text from unnest(b.also) with ordinality a (id, n) join resource o on o.id = a.id order by a.n) as also,
    b.configuration, b.quote_id, b.series_id, b.approvals, b.approved::integer as approved, b.expires_at,
    nullif(b.locked_from, 'infinity') as locked_from, nullif(b.free_until, 'infinity') as free_until, b.late_fee,
    b.no_show_at, b.no_show_fee, b.checked_in_at, b.missed_at, b.fee, b.fee_kind, b.override_reason, b.created_at,
    b.cancelled_at, b.cancelled_by, b.cancel_reason, b.version,
    fn.cursor_of(b.starts_at, b.id::text) as cursor
  from (
    (select * from booking
      where $3::uuid is not null and firm_id = $3::uuid
        and ($4::uuid is null or resource_id = $4::uuid)
        and ($5::uuid is null or person_id = $5::uuid)
        and ($6::text is null or status = $6::text)
        and (starts_at, id) > (fn.cursor_at($2::text, '-infinity'),
          fn.cursor_id($2::text, '00000000-0000-0000-0000-000000000000'))
        and starts_at >= case when $7::timestamptz is null then '-infinity' else $7::timestamptz end
        and starts_at < case when $8::timestamptz is null then 'infinity' else $8::timestamptz end
      order by starts_at, id limit $1::bigint)
    union all
    (select * from booking
      where $3::uuid is null and $4::uuid is not null and resource_id = $4::uuid
        and ($5::uuid is null or person_id = $5::uuid)
        and ($6::text is null or status = $6::text)
        and (starts_at, id) > (fn.cursor_at($2::text, '-infinity'),
          fn.cursor_id($2::text, '00000000-0000-0000-0000-000000000000'))
        and starts_at >= case when $7::timestamptz is null then '-infinity' else $7::timestamptz end
        and starts_at < case when $8::timestamptz is null then 'infinity' else $8::timestamptz end
      order by starts_at, id limit $1::bigint)
    union all
    (select * from booking
      where $3::uuid is null and $4::uuid is null
        and ($5::uuid is null or person_id = $5::uuid)
        and ($6::text is null or status = $6::text)
        and (starts_at, id) > (fn.cursor_at($2::text, '-infinity'),
          fn.cursor_id($2::text, '00000000-0000-0000-0000-000000000000'))
        and starts_at >= case when $7::timestamptz is null then '-infinity' else $7::timestamptz end
        and starts_at < case when $8::timestamptz is null then 'infinity' else $8::timestamptz end
      order by starts_at, id limit $1::bigint)
  ) b
    join resource r on r.id = b.resource_id
    join site s on s.id = r.site_id
    join firm f on f.id = b.firm_id
  order by b.starts_at, b.id
  limit $1::bigint;
