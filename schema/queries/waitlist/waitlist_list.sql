-- Entries of the waiting list, those that joined last first. Columns as waitlist_get, then `cursor`.
-- role: api
-- $1 bigint: most rows; $2 text: cursor of the last row seen, or null
-- Filters, null for any: $3 uuid: resource; $4 uuid: firm; $5 text: status
select s.id, s.version, s.firm, s.resource, s.also, s.person_id, s.created_by, s.mode, s.earliest, s.latest, s.duration_s,
    s.purpose, s.configuration, s.status, s.booking, s.offer_start, s.offer_end, s.offer_expires_at, s.offer_count, s.created_at,
    e.id::text as cursor
  from (select * from waitlist_entry
          where ($3::uuid is null or resource_id = $3::uuid)
            and ($4::uuid is null or firm_id = $4::uuid)
            and ($5::text is null or status = $5::text)
            and id < fn.cursor_id($2::text, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
          order by id desc limit $1::bigint) e
    cross join lateral fn.waitlist_show(e) s
  order by e.id desc;
