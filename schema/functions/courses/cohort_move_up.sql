-- Gives a cohort's free seats to those who wait, in the order in which they came, and tells them. Runs as the owner, since
-- they may be of other firms; the caller has locked the cohort.
create function fn.cohort_move_up(cohort uuid, at timestamptz) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  with moved as (
    update enrolment e set status = 'enrolled', version = e.version + 1
      from (select w.person_id from enrolment w
              where w.cohort_id = cohort and w.status = 'waiting'
              order by w.enrolled_at, w.person_id
              limit (select greatest(0, c.seats - n.enrolled) from cohort c, fn.cohort_numbers(c.id) n
                       where c.id = cohort_move_up.cohort)) next
      where e.cohort_id = cohort and e.person_id = next.person_id
      returning e.*
  )
  insert into event (at, kind, firm_id, object_id, data)
    select cohort_move_up.at, 'enrolment.moved_up', m.firm_id, m.cohort_id,
        jsonb_build_object('course', co.code, 'person', p.code)
      from moved m
        join person p on p.id = m.person_id
        join cohort c on c.id = m.cohort_id
        join course co on co.id = c.course_id
      order by m.enrolled_at, m.person_id;
end $$;
