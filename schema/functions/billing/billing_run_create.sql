-- Asks for a billing run. Any number may be asked for: what was billed is not billed again. One row: 'ok' with the run, or
-- key_reused.
create function fn.billing_run_create(by_person uuid, key text, request_hash bytea, at timestamptz, id uuid, site uuid,
                                      month date, firm uuid)
returns fn.billing_run_reply
language plpgsql volatile as $$
#variable_conflict use_column
declare
  known idempotency;
  made billing_run;
  reply fn.billing_run_reply;
begin
  if key is not null then
    perform fn.key_lock(by_person, billing_run_create.key);
    select i.* into known from idempotency i where i.person_id = by_person and i.key = billing_run_create.key;
    if found then
      if known.request_hash <> billing_run_create.request_hash then
        reply.outcome := 'key_reused';
        return reply;
      end if;
      return jsonb_populate_record(null::fn.billing_run_reply, known.reply);
    end if;
  end if;

  insert into billing_run (id, site_id, month, firm_id, requested_by, requested_at, status)
    values (billing_run_create.id, billing_run_create.site, billing_run_create.month, billing_run_create.firm, by_person,
            billing_run_create.at, 'waiting')
    returning * into made;
  reply := fn.billing_run_show(made);
  insert into event (at, kind, firm_id, object_id, data)
    values (billing_run_create.at, 'billing_run.requested', made.firm_id, made.id,
            jsonb_build_object('site', reply.site, 'month', made.month));
  if key is not null then
    insert into idempotency (person_id, key, firm_id, request_hash, reply, at)
      values (by_person, billing_run_create.key, made.firm_id, billing_run_create.request_hash, to_jsonb(reply),
              billing_run_create.at);
  end if;
  return reply;
end $$;
