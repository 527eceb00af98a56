-- One refusal in the shape of a cohort's reply.
create function fn.cohort_refuse(outcome text, pointer text, limit_value text default null,
                                 actual_value text default null) returns fn.cohort_reply
language plpgsql immutable as $$
declare
  reply fn.cohort_reply;
begin
  reply.outcome := outcome;
  reply.pointer := pointer;
  reply.limit_value := limit_value;
  reply.actual_value := actual_value;
  return reply;
end $$;
