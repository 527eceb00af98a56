-- --dev only: asks for a run of all due jobs (`tick` null), or looks whether one that was asked for is done.
create function fn.dev_tick(at timestamptz, tick bigint) returns table (tick_id bigint, done_at timestamptz)
language plpgsql volatile as $$
#variable_conflict use_column
begin
  if tick is null then
    return query insert into dev_tick (asked_at) values (dev_tick.at) returning dev_tick.id, dev_tick.done_at;
  else
    return query select t.id, t.done_at from dev_tick t where t.id = tick;
  end if;
end $$;
