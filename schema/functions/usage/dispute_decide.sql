-- Decides an open dispute: upheld, with what is right instead of what it was; or denied. Either way the usage is billed by the
-- next run, since a person has looked at it, also one that was held. One row: 'ok' with the dispute, or:
--   key_reused, not_found (no usage, or nobody disputes it), conflict (it is decided, actual: how),
--   stale_version (of the usage; limit: the version), fn.dispute_correction_refusal
create function fn.dispute_decide(by_person uuid, key text, request_hash bytea, at timestamptz, usage_id uuid, version integer,
                                  verdict text, reason text, billable_s bigint, fee bigint)
returns fn.dispute_reply
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  known jsonb := fn.key_known(by_person, key, request_hash);
  u usage;
  d usage_dispute;
  reply fn.dispute_reply;
begin
  if known is not null then
    return jsonb_populate_record(reply, known);
  end if;
  select * into u from usage k where k.id = dispute_decide.usage_id and scope_sees(k.firm_id) for no key update;
  select * into d from usage_dispute k where k.usage_id = u.id;
  if d.usage_id is null then
    return fn.dispute_refuse('not_found', null);
  elsif d.status <> 'open' then
    return fn.dispute_refuse('conflict', null, null, d.status);
  elsif u.version <> dispute_decide.version then
    return fn.dispute_refuse('stale_version', null, u.version::text, dispute_decide.version::text);
  elsif verdict = 'upheld' then
    reply := fn.dispute_correction_refusal(u, dispute_decide.billable_s, dispute_decide.fee);
    if reply.outcome is not null then
      return reply;
    end if;
  end if;

  update usage_dispute k set status = verdict, decided_by = by_person, decided_at = dispute_decide.at,
      decision = dispute_decide.reason,
      was = jsonb_build_object('billable_s', u.billable_s, 'fee', u.fee, 'status', u.status, 'held_reason', u.held_reason)
    where k.usage_id = u.id
    returning * into d;
  update usage k set status = 'ready', held_reason = null, version = k.version + 1,
      billable_s = coalesce(dispute_decide.billable_s, k.billable_s), fee = coalesce(dispute_decide.fee, k.fee)
    where k.id = u.id;
  reply := fn.dispute_show(d);
  insert into event (at, kind, firm_id, object_id, data)
    values (dispute_decide.at, 'dispute.' || verdict, u.firm_id, u.id,
            jsonb_build_object('resource', reply.resource, 'reason', d.decision, 'billable_s', reply.billable_s, 'fee', reply.fee,
                               'was', d.was));
  perform fn.key_keep(by_person, key, request_hash, dispute_decide.at, u.firm_id, to_jsonb(reply));
  return reply;
end $$;
