-- Why an outage can't be ended at `ends`; a row of nulls when it can.
create function fn.outage_end_refusal(o outage, version integer, at timestamptz, ends timestamptz) returns fn.outage_reply
language plpgsql stable as $$
declare
  reply fn.outage_reply;
begin
  if o.id is null then
    reply.outcome := 'not_found';
  elsif least(o.ended_at, o.ends_at) <= outage_end_refusal.at or o.ended_at is not null then
    reply.outcome := 'already_finished';
    reply.limit_value := fn.instant_text(least(o.ended_at, o.ends_at));
  elsif o.version <> outage_end_refusal.version then
    reply.outcome := 'stale_version';
    reply.limit_value := o.version::text;
    reply.actual_value := outage_end_refusal.version::text;
  elsif ends < outage_end_refusal.at then
    reply.outcome := 'in_the_past';
    reply.pointer := '/at';
    reply.limit_value := fn.instant_text(outage_end_refusal.at);
    reply.actual_value := fn.instant_text(ends);
  elsif ends >= o.ends_at then
    reply.outcome := 'too_large';
    reply.pointer := '/at';
    reply.limit_value := fn.instant_text(o.ends_at);
    reply.actual_value := fn.instant_text(ends);
  end if;
  return reply;
end $$;
