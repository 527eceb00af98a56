-- Outages by start. Columns as outage_get, then `cursor`.
-- role: api
-- $1 bigint: most rows; $2 text: cursor of the last row seen, or null
-- Filters, null for any: $3 uuid: resource (also what closes its whole site); $4 uuid: series; $5 text: kind
-- $6, $7 timestamptz: ending after, starting before
select s.id, s.version, s.site, s.resource, s.kind, s.title, s."start", s."end", s.series_id, s.created_by, s.created_at,
    s.ended_at, s.ended_by, fn.cursor_of(o.starts_at, o.id::text) as cursor
  from outage o, fn.outage_show(o) s
  where ($3::uuid is null or o.resource_id = $3::uuid
         or (o.resource_id is null and o.site_id = (select r.site_id from resource r where r.id = $3::uuid)))
    and ($4::uuid is null or o.series_id = $4::uuid)
    and ($5::text is null or o.kind = $5::text)
    and ($6::timestamptz is null or o.ends_at > $6::timestamptz)
    and ($7::timestamptz is null or o.starts_at < $7::timestamptz)
    and (o.starts_at, o.id) > (fn.cursor_at($2::text, '-infinity'), fn.cursor_id($2::text, '00000000-0000-0000-0000-000000000000'))
  order by o.starts_at, o.id
  limit $1::bigint;
