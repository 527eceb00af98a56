-- Cohorts by their first meeting. Columns as cohort_get, then `cursor`.
-- role: api
-- $1 bigint: most rows; $2 text: cursor of the last row seen, or null
-- Filters, null for any: $3 text: course, code or id; $4 text: status; $5, $6 timestamptz: begins at or after, begins before
select s.id, s.version, s.course, s.name, s.room, s.seats, s.status, s.meetings, s.enrolled, s.waiting, s.enrolments, s.created_at,
    s.finished_at, fn.cursor_of(c.begins, c.id::text) as cursor
  from (select k.id, lower(m.during) as begins
          from cohort k
            join cohort_meeting m on m.cohort_id = k.id and m.n = 1
            join course co on co.id = k.course_id
          where ($3::text is null or co.code::text = $3::text or co.id::text = $3::text)
            and ($4::text is null or k.status = $4::text)
            and ($5::timestamptz is null or lower(m.during) >= $5::timestamptz)
            and ($6::timestamptz is null or lower(m.during) < $6::timestamptz)
            and (lower(m.during), k.id) > (fn.cursor_at($2::text, '-infinity'),
              fn.cursor_id($2::text, '00000000-0000-0000-0000-000000000000'))
          order by lower(m.during), k.id limit $1::bigint) c
    join cohort whole on whole.id = c.id,
    fn.cohort_show(whole) s
  order by c.begins, c.id;
