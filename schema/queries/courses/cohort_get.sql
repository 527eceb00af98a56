-- One cohort, with those of its people that are in scope. Columns of fn.cohort_reply without the first four.
-- role: api
-- $1 uuid: cohort
select s.id, s.version, s.course, s.name, s.room, s.seats, s.status, s.meetings, s.enrolled, s.waiting, s.enrolments, s.created_at,
    s.finished_at
  from cohort c, fn.cohort_show(c) s
  where c.id = $1::uuid;
