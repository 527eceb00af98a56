-- One refusal in the shape of an outage's reply.
create function fn.outage_refuse(outcome text, pointer text, limit_value text default null, actual_value text default null)
returns fn.outage_made
language plpgsql immutable as $$
declare
  reply fn.outage_made;
begin
  reply.outcome := outcome;
  reply.pointer := pointer;
  reply.limit_value := limit_value;
  reply.actual_value := actual_value;
  return reply;
end $$;
