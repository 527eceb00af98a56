-- Disputes a usage that has not been billed: it is left out of billing until somebody decides. One row: 'ok' with the dispute, or:
--   key_reused, not_found (there is nothing yet that could be wrong, or it is another firm's), closed_period (it is billed),
--   already_disputed (actual: how that stands), review_over (limit: until when it could have been, null: it is older than reviews)
--
-- Runs as the owner, to raise the usage's version; billing takes the same row's lock (see fn.invoice_put).
create function fn.dispute_raise(by_person uuid, key text, request_hash bytea, at timestamptz, usage_id uuid, reason text)
returns fn.dispute_reply
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  known jsonb := fn.key_known(by_person, key, request_hash);
  u usage;
  d usage_dispute;
  until timestamptz;
  reply fn.dispute_reply;
begin
  if known is not null then
    return jsonb_populate_record(reply, known);
  end if;
  select * into u from usage k where k.id = dispute_raise.usage_id and scope_sees(k.firm_id) for no key update;
  select * into d from usage_dispute k where k.usage_id = u.id;
  until := fn.review_until(u.resource_id, u.made_at);
  if u.id is null then
    return fn.dispute_refuse('not_found', null);
  elsif u.status = 'billed' then
    return fn.dispute_refuse('closed_period', null);
  elsif d.usage_id is not null then
    return fn.dispute_refuse('already_disputed', null, null, d.status);
  elsif until is null or until < dispute_raise.at then
    return fn.dispute_refuse('review_over', null, fn.instant_text(until), fn.instant_text(dispute_raise.at));
  end if;

  insert into usage_dispute (usage_id, firm_id, reason, raised_by, raised_at)
    values (u.id, u.firm_id, dispute_raise.reason, by_person, dispute_raise.at)
    returning * into d;
  update usage k set version = k.version + 1 where k.id = u.id;
  reply := fn.dispute_show(d);
  insert into event (at, kind, firm_id, object_id, data)
    values (dispute_raise.at, 'dispute.raised', u.firm_id, u.id,
            jsonb_build_object('resource', reply.resource, 'reason', d.reason));
  perform fn.key_keep(by_person, key, request_hash, dispute_raise.at, u.firm_id, to_jsonb(reply));
  return reply;
end $$;
