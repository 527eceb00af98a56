-- Who may use what, with the last use and the end as things stand. Columns of fn.qualification_reply without the first four, then
-- `cursor`.
-- role: api
-- $1 bigint: most rows; $2 text: cursor of the last row seen, or null; $3 timestamptz: now
-- Filters, null for any: $4 uuid: firm; $5 uuid: resource; $6 uuid: person
select s.id, s.person, s.firm, s.resource, s.valid_from, s.valid_to, s.cohort, s.last_used_at, s.lapses_at, s.id::text as cursor
  from (select * from qualification k
          where ($4::uuid is null or k.firm_id = $4::uuid)
            and ($5::uuid is null or k.resource_id = $5::uuid)
            and ($6::uuid is null or k.person_id = $6::uuid)
            and k.id > fn.cursor_id($2::text, '00000000-0000-0000-0000-000000000000')
          order by k.id limit $1::bigint) q,
    fn.qualification_show(q, $3::timestamptz) s
  order by s.id;
