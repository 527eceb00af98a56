-- Sessions, newest first. Columns as session_get, then `cursor`. Four branches, of which one runs, each along an index of
-- its own: of a firm, of a resource, of all, and those that nobody closed.
-- role: api
-- $1 bigint: most rows; $2 text: cursor of the last row seen, or null
-- Filters, null for any: $3 uuid: resource; $4 uuid: firm (a firm's own people always give it); $5 uuid: booking
-- $6, $7 timestamptz: started at or after, started before
-- $8 boolean: only those that are open although they count as forgotten
select s.id, s.version, s.booking_id as booking, f.code as firm, r.code as resource, p.code as technician, s.started_at,
    s.finished_at, s.sample_count, s.operator_s, s.outcome, s.notes, s.forgotten_at,
    fn.cursor_of(s.started_at, s.id::text) as cursor
  from (
    (select * from session
      where not $8::boolean and $4::uuid is not null and firm_id = $4::uuid
        and ($3::uuid is null or resource_id = $3::uuid)
        and ($5::uuid is null or booking_id = $5::uuid)
        and started_at >= case when $6::timestamptz is null then '-infinity' else $6::timestamptz end
        and started_at < case when $7::timestamptz is null then 'infinity' else $7::timestamptz end
        and (started_at, id) < (fn.cursor_at($2::text, 'infinity'),
          fn.cursor_id($2::text, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
      order by started_at desc, id desc limit $1::bigint)
    union all
    (select * from session
      where not $8::boolean and $4::uuid is null and $3::uuid is not null and resource_id = $3::uuid
        and ($5::uuid is null or booking_id = $5::uuid)
        and started_at >= case when $6::timestamptz is null then '-infinity' else $6::timestamptz end
        and started_at < case when $7::timestamptz is null then 'infinity' else $7::timestamptz end
        and (started_at, id) < (fn.cursor_at($2::text, 'infinity'),
          fn.cursor_id($2::text, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
      order by started_at desc, id desc limit $1::bigint)
    union all
    (select * from session
      where not $8::boolean and $4::uuid is null and $3::uuid is null
        and ($5::uuid is null or booking_id = $5::uuid)
        and started_at >= case when $6::timestamptz is null then '-infinity' else $6::timestamptz end
        and started_at < case when $7::timestamptz is null then 'infinity' else $7::timestamptz end
        and (started_at, id) < (fn.cursor_at($2::text, 'infinity'),
          fn.cursor_id($2::text, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
      order by started_at desc, id desc limit $1::bigint)
    union all
    (select * from session
      where $8::boolean and finished_at is null and forgotten_at is not null
        and ($3::uuid is null or resource_id = $3::uuid)
        and ($4::uuid is null or firm_id = $4::uuid)
        and ($5::uuid is null or booking_id = $5::uuid)
        and started_at >= case when $6::timestamptz is null then '-infinity' else $6::timestamptz end
        and started_at < case when $7::timestamptz is null then 'infinity' else $7::timestamptz end
        and (started_at, id) < (fn.cursor_at($2::text, 'infinity'),
          fn.cursor_id($2::text, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
      order by started_at desc, id desc limit $1::bigint)
  ) s
    join firm f on f.id = s.firm_id
    join resource r on r.id = s.resource_id
    left join person p on p.id = s.technician_id
  order by s.started_at desc, s.id desc
  limit $1::bigint;
