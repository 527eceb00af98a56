-- Qualifies a person by hand (see fn.qualification_give). One row: 'ok' with the qualification, or key_reused.
create function fn.qualification_grant(by_person uuid, key text, request_hash bytea, at timestamptz, person uuid, resource uuid,
                                       valid_from timestamptz, valid_to timestamptz)
returns fn.qualification_reply
language plpgsql volatile as $$
declare
  known jsonb;
  q qualification;
  reply fn.qualification_reply;
begin
  known := fn.key_known(by_person, key, request_hash);
  if known is not null then
    return jsonb_populate_record(null::fn.qualification_reply, known);
  end if;
  q := fn.qualification_give(person, resource, valid_from, valid_to, null, at);
  reply := fn.qualification_show(q, at);
  perform fn.key_keep(by_person, key, request_hash, at, q.firm_id, to_jsonb(reply));
  return reply;
end $$;
