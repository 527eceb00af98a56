-- Events after a position, in order, of the firms in scope. Numbers what is new first.
create function fn.events_after(after bigint, most bigint)
returns table ("position" bigint, at timestamptz, kind text, firm text, object uuid, data jsonb)
language plpgsql volatile as $$
#variable_conflict use_column
begin
  perform fn.events_number();
  return query
    select o.position, e.at, e.kind, f.code::text, e.object_id, e.data
      from event_order o
        join event e on e.id = o.event_id
        left join firm f on f.id = e.firm_id
      where o.position > after
      order by o.position
      limit most;
end $$;
