-- Takes a qualification away from `at` on, and tells. One row: 'ok' with the qualification as it was, ending now, or
--   key_reused, not_found, conflict (limit: when it ended)
create function fn.qualification_revoke(by_person uuid, key text, request_hash bytea, at timestamptz, id uuid, reason text)
returns fn.qualification_reply
language plpgsql volatile as $$
#variable_conflict use_column
declare
  known jsonb;
  q qualification;
  reply fn.qualification_reply;
begin
  known := fn.key_known(by_person, key, request_hash);
  if known is not null then
    return jsonb_populate_record(null::fn.qualification_reply, known);
  end if;
  select * into q from qualification k where k.id = qualification_revoke.id;
  if not found then
    return fn.qualification_refuse('not_found', null);
  elsif upper(q.valid) <= qualification_revoke.at then
    return fn.qualification_refuse('conflict', null, fn.instant_text(upper(q.valid)), fn.instant_text(qualification_revoke.at));
  end if;

  reply := fn.qualification_show(q, qualification_revoke.at);
  perform fn.qualification_end(q.id, qualification_revoke.at);
  reply.valid_to := greatest(reply.valid_from, qualification_revoke.at);
  reply.lapses_at := reply.valid_to;
  insert into event (at, kind, firm_id, object_id, data)
    values (qualification_revoke.at, 'qualification.revoked', q.firm_id, q.id,
            jsonb_build_object('person', reply.person, 'resource', reply.resource, 'reason', qualification_revoke.reason));
  perform fn.key_keep(by_person, qualification_revoke.key, request_hash, qualification_revoke.at, q.firm_id, to_jsonb(reply));
  return reply;
end $$;
