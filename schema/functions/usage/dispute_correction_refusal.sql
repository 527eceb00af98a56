-- Why a usage can't be corrected so; a row of nulls when it can. A use is corrected by its time, an absence by its fee, and
-- neither becomes more: missing_field, unknown_field (the other one), too_large (limit: what it is).
create function fn.dispute_correction_refusal(u usage, billable_s bigint, fee bigint) returns fn.dispute_reply
language plpgsql stable as $$
#variable_conflict use_variable
declare
  is_use constant boolean := u.kind = 'use';
  fits constant text := case when is_use then '/billable_s' else '/fee' end;
  most constant bigint := case when is_use then u.billable_s else u.fee end;
  given constant bigint := case when is_use then billable_s else fee end;
  reply fn.dispute_reply;
begin
  if num_nonnulls(billable_s, fee) > num_nonnulls(given) then
    reply := fn.dispute_refuse('unknown_field', case when is_use then '/fee' else '/billable_s' end);
  elsif given is null then
    reply := fn.dispute_refuse('missing_field', fits);
  elsif given > most then
    reply := fn.dispute_refuse('too_large', fits, most::text, given::text);
  end if;
  return reply;
end $$;
