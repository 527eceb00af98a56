-- Finishes a cohort once its last meeting has begun: whoever attended the course's share of the meetings has passed and may use
-- what the course opens from now on, the others have failed; who still waited has left. What is left of the room's time is
-- free. One row: 'ok' with the cohort, or
--   key_reused, not_found, already_cancelled, already_finished, stale_version (limit: the version),
--   too_early (limit: when the last meeting begins)
create function fn.cohort_finish(by_person uuid, key text, request_hash bytea, at timestamptz, id uuid, version integer)
returns fn.cohort_reply
language plpgsql volatile as $$
#variable_conflict use_column
declare
  known jsonb;
  c cohort;
  freed jsonb;
  last_begins timestamptz;
  meeting_count integer;
  reply fn.cohort_reply;
begin
  known := fn.key_known(by_person, key, request_hash);
  if known is not null then
    return jsonb_populate_record(null::fn.cohort_reply, known);
  end if;
  select (l.refusal).* into reply from fn.cohort_lock(cohort_finish.id, cohort_finish.version) l;
  if reply.outcome is not null then
    return reply;
  end if;
  select max(lower(m.during)), count(*) into last_begins, meeting_count from cohort_meeting m where m.cohort_id = cohort_finish.id;
  if last_begins > cohort_finish.at then
    return fn.cohort_refuse('too_early', null, fn.instant_text(last_begins), fn.instant_text(cohort_finish.at));
  end if;

  update cohort set status = 'finished', finished_at = cohort_finish.at, version = cohort.version + 1
    where cohort.id = cohort_finish.id
    returning * into c;
  update enrolment e set version = e.version + 1,
      status = case when e.status = 'waiting' then 'left'
                    when (select count(*) from attendance a
                            where a.cohort_id = c.id and a.person_id = e.person_id and a.is_present) * co.attendance_den
                         >= meeting_count * co.attendance_num then 'passed'
                    else 'failed' end
    from course co
    where co.id = c.course_id and e.cohort_id = c.id and e.status in ('enrolled', 'waiting');
  freed := fn.cohort_claims_release(c.id, cohort_finish.at);
  insert into event (at, kind, firm_id, object_id, data)
    select cohort_finish.at, 'enrolment.' || e.status, e.firm_id, c.id, jsonb_build_object('course', co.code, 'person', p.code)
      from enrolment e join person p on p.id = e.person_id join course co on co.id = c.course_id
      where e.cohort_id = c.id and e.status in ('passed', 'failed')
      order by e.enrolled_at, e.person_id;
  perform fn.qualification_give(e.person_id, g.resource_id, cohort_finish.at,
                                cohort_finish.at + g.validity_s * interval '1 second', c.id, cohort_finish.at)
    from enrolment e join course_grant g on g.course_id = c.course_id
    where e.cohort_id = c.id and e.status = 'passed';
  reply := fn.cohort_show(c);
  insert into event (at, kind, object_id, data)
    values (cohort_finish.at, 'cohort.finished', c.id, jsonb_build_object('course', reply.course, 'room', reply.room, 'freed', freed));
  perform fn.key_keep(by_person, cohort_finish.key, request_hash, cohort_finish.at, null, to_jsonb(reply));
  return reply;
end $$;
