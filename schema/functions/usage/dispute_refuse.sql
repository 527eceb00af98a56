-- One refusal in the shape of a dispute's reply.
create function fn.dispute_refuse(outcome text, pointer text, limit_value text default null, actual_value text default null)
returns fn.dispute_reply
language plpgsql immutable as $$
declare
  reply fn.dispute_reply;
begin
  reply.outcome := outcome;
  reply.pointer := pointer;
  reply.limit_value := limit_value;
  reply.actual_value := actual_value;
  return reply;
end $$;
