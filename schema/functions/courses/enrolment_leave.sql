-- Takes a person off a cohort's list; a seat that becomes free goes to the first who waits. One row: 'ok' with the enrolment, or
--   key_reused, not_found, already_cancelled, already_finished, in_the_past (limit: when the first meeting began),
--   unknown_reference (/person: never enrolled), conflict (/person: has left already)
create function fn.enrolment_leave(by_person uuid, key text, request_hash bytea, at timestamptz, cohort uuid, person uuid)
returns fn.enrolment_reply
language plpgsql volatile as $$
#variable_conflict use_column
declare
  known jsonb;
  e enrolment;
  reply fn.enrolment_reply;
begin
  known := fn.key_known(by_person, key, request_hash);
  if known is not null then
    return jsonb_populate_record(null::fn.enrolment_reply, known);
  end if;
  reply := fn.enrolment_guard(enrolment_leave.cohort, enrolment_leave.at);
  if reply.outcome is not null then
    return reply;
  end if;

  select * into e from enrolment n where n.cohort_id = enrolment_leave.cohort and n.person_id = enrolment_leave.person;
  if not found then
    return fn.enrolment_refuse('unknown_reference', '/person');
  elsif e.status = 'left' then
    return fn.enrolment_refuse('conflict', '/person', null, e.status);
  end if;

  update enrolment n set status = 'left', version = n.version + 1
    where n.cohort_id = e.cohort_id and n.person_id = e.person_id
    returning * into e;
  reply := fn.enrolment_show(e);
  insert into event (at, kind, firm_id, object_id, data)
    values (enrolment_leave.at, 'enrolment.left', e.firm_id, e.cohort_id,
            jsonb_build_object('course', reply.course, 'person', reply.person));
  perform fn.cohort_move_up(e.cohort_id, enrolment_leave.at);
  update cohort set version = cohort.version + 1 where cohort.id = e.cohort_id;
  perform fn.key_keep(by_person, enrolment_leave.key, request_hash, enrolment_leave.at, e.firm_id, to_jsonb(reply));
  return reply;
end $$;
