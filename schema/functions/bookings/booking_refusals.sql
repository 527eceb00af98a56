-- Broken rules as rows of a booking's reply, each once.
create function fn.booking_refusals(faults fn.violation[]) returns setof fn.booking_reply
language plpgsql immutable as $$
begin
  return query
    select (fn.booking_refuse(f.code, f.pointer, f.limit_value, f.actual_value)).*
      from unnest(faults) with ordinality f (code, pointer, limit_value, actual_value, n)
      order by f.n;
end $$;
