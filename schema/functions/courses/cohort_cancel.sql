-- Cancels a cohort: its seats are free again, and every firm with people in it is told. One row: 'ok' with the cohort, or
--   key_reused, not_found, already_cancelled, already_finished, stale_version (limit: the version)
create function fn.cohort_cancel(by_person uuid, key text, request_hash bytea, at timestamptz, id uuid, version integer,
                                 reason text)
returns fn.cohort_reply
language plpgsql volatile as $$
#variable_conflict use_column
declare
  known jsonb;
  c cohort;
  freed jsonb;
  reply fn.cohort_reply;
begin
  known := fn.key_known(by_person, key, request_hash);
  if known is not null then
    return jsonb_populate_record(null::fn.cohort_reply, known);
  end if;
  select (l.refusal).* into reply from fn.cohort_lock(cohort_cancel.id, cohort_cancel.version) l;
  if reply.outcome is not null then
    return reply;
  end if;

  update cohort set status = 'cancelled', version = cohort.version + 1 where cohort.id = cohort_cancel.id returning * into c;
  freed := fn.cohort_claims_release(c.id, cohort_cancel.at);
  reply := fn.cohort_show(c);
  -- One for the lab, and one for each firm with its people.
  insert into event (at, kind, firm_id, object_id, data)
    select cohort_cancel.at, 'cohort.cancelled', told.firm_id, c.id,
        jsonb_build_object('course', reply.course, 'reason', cohort_cancel.reason, 'people', told.people, 'room', reply.room,
                           'freed', freed)
      from (select e.firm_id, jsonb_agg(p.code order by p.code) filter (where p.id is not null) as people
              from (select null::uuid as firm_id, null::uuid as person_id
                    union select n.firm_id, n.person_id from enrolment n
                            where n.cohort_id = c.id and n.status in ('enrolled', 'waiting')) e
                left join person p on p.id = e.person_id
              group by e.firm_id) told
      order by told.firm_id nulls first;
  perform fn.key_keep(by_person, cohort_cancel.key, request_hash, cohort_cancel.at, null, to_jsonb(reply));
  return reply;
end $$;
