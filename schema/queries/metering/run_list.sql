-- Spans of state as the meters saw them, newest first.
-- role: api
-- $1 bigint: most rows; $2 text: cursor of the last row seen, or null
-- Filters, null for any: $3 uuid: resource; $4 text: state; $5, $6 timestamptz: ending after, starting before
select r.code as resource, s.ordinal, s.state, s.started_at as "start", s.ended_at as "end", s.energy_mwh,
    fn.quality_names(s.quality) as quality, fn.cursor_of(s.started_at, s.id::text) as cursor
  from (
    (select * from span
      where $3::uuid is not null and resource_id = $3::uuid
        and ($4::text is null or state = $4::text)
        and (ended_at is null or ended_at > case when $5::timestamptz is null then '-infinity' else $5::timestamptz end)
        and started_at < case when $6::timestamptz is null then 'infinity' else $6::timestamptz end
        and (started_at, id) < (fn.cursor_at($2::text, 'infinity'),
                                fn.cursor_number($2::text, 9223372036854775807))
      order by started_at desc, id desc limit $1::bigint)
    union all
    (select * from span
      where $3::uuid is null
        and ($4::text is null or state = $4::text)
        and (ended_at is null or ended_at > case when $5::timestamptz is null then '-infinity' else $5::timestamptz end)
        and started_at < case when $6::timestamptz is null then 'infinity' else $6::timestamptz end
        and (started_at, id) < (fn.cursor_at($2::text, 'infinity'),
                                fn.cursor_number($2::text, 9223372036854775807))
      order by started_at desc, id desc limit $1::bigint)
  ) s
    join resource r on r.id = s.resource_id
  order by s.started_at desc, s.id desc
  limit $1::bigint;
