-- Enrols a person in a cohort; when its seats are taken the person waits, if `waits`. One row: 'ok' with the enrolment, or
--   key_reused, not_found, already_cancelled, already_finished, in_the_past (limit: when the first meeting began),
--   already_enrolled (/person; actual: enrolled or waiting), course_full (limit: the seats; only without `waits`)
create function fn.enrolment_create(by_person uuid, key text, request_hash bytea, at timestamptz, cohort uuid, person uuid,
                                    waits boolean)
returns fn.enrolment_reply
language plpgsql volatile as $$
#variable_conflict use_column
declare
  known jsonb;
  e enrolment;
  seats integer;
  enrolled integer;
  reply fn.enrolment_reply;
begin
  known := fn.key_known(by_person, key, request_hash);
  if known is not null then
    return jsonb_populate_record(null::fn.enrolment_reply, known);
  end if;
  reply := fn.enrolment_guard(enrolment_create.cohort, enrolment_create.at);
  if reply.outcome is not null then
    return reply;
  end if;

  select * into e from enrolment n where n.cohort_id = enrolment_create.cohort and n.person_id = enrolment_create.person;
  if e.status in ('enrolled', 'waiting') then
    return fn.enrolment_refuse('already_enrolled', '/person', null, e.status);
  end if;
  select c.seats, n.enrolled into seats, enrolled
    from cohort c, fn.cohort_numbers(c.id) n where c.id = enrolment_create.cohort;
  if enrolled >= seats and not waits then
    return fn.enrolment_refuse('course_full', null, seats::text, enrolled::text);
  end if;

  insert into enrolment as n (cohort_id, person_id, firm_id, status, enrolled_at)
    select enrolment_create.cohort, p.id, p.firm_id, case when enrolled < seats then 'enrolled' else 'waiting' end,
        enrolment_create.at
      from person p where p.id = enrolment_create.person
    on conflict (cohort_id, person_id) do update
      set status = excluded.status, enrolled_at = excluded.enrolled_at, version = n.version + 1
    returning n.* into e;
  update cohort set version = cohort.version + 1 where cohort.id = e.cohort_id;
  reply := fn.enrolment_show(e);
  insert into event (at, kind, firm_id, object_id, data)
    values (enrolment_create.at, 'enrolment.created', e.firm_id, e.cohort_id,
            jsonb_build_object('course', reply.course, 'person', reply.person, 'status', reply.status));
  perform fn.key_keep(by_person, enrolment_create.key, request_hash, enrolment_create.at, e.firm_id, to_jsonb(reply));
  return reply;
end $$;
