-- An enrolment as replies show it.
create function fn.enrolment_show(e enrolment) returns fn.enrolment_reply
language sql stable
return (select row('ok', null, null, null, e.cohort_id, co.code, p.code, f.code, e.status, e.enrolled_at,
                   e.version)::fn.enrolment_reply
        from cohort c
          join course co on co.id = c.course_id
          join person p on p.id = e.person_id
          left join firm f on f.id = e.firm_id
        where c.id = e.cohort_id);
