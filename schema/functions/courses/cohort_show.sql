-- A cohort as replies show it: its meetings by time, and of its people those in scope, by their place.
create function fn.cohort_show(c cohort) returns fn.cohort_reply
language sql stable as $$
  select row('ok', null, null, null, c.id, c.version, co.code, co.name, r.code, c.seats, c.status,
             (select jsonb_agg(jsonb_build_object('n', m.n, 'start', fn.instant_text(lower(m.during)),
                                                  'end', fn.instant_text(upper(m.during))) order by m.n)
                from cohort_meeting m where m.cohort_id = c.id),
             n.enrolled, n.waiting,
             coalesce((select jsonb_agg(jsonb_build_object(
                           'person', p.code, 'firm', f.code, 'status', e.status, 'enrolled_at', fn.instant_text(e.enrolled_at),
                           'present', coalesce((select jsonb_agg(a.n order by a.n) from attendance a
                                                  where a.cohort_id = c.id and a.person_id = e.person_id and a.is_present), '[]'))
                           order by e.enrolled_at, e.person_id)
                         from enrolment e join person p on p.id = e.person_id left join firm f on f.id = e.firm_id
                         where e.cohort_id = c.id), '[]'),
             c.created_at, c.finished_at)::fn.cohort_reply
    from course co join resource r on r.id = co.room_id, fn.cohort_numbers(c.id) n
    where co.id = c.course_id
$$;
