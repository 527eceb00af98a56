-- Gives positions to the events that are settled: those whose transaction began before every one that is still under way.
-- In the order (tx, id), so that a position is never given out below one that was read. One caller at a time; the
-- others go without. Runs as the owner: nobody else writes the order.
create function fn.events_number() returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  last_tx xid8 := '0';
  last_id bigint := 0;
begin
  if not pg_try_advisory_xact_lock(7100000002) then
    return;
  end if;
  select o.tx, o.event_id into last_tx, last_id from event_order o order by o.position desc limit 1;
  insert into event_order (event_id, tx)
    select e.id, e.tx from event e
      where (e.tx, e.id) > (coalesce(last_tx, '0'), coalesce(last_id, 0))
        and e.tx < pg_snapshot_xmin(pg_current_snapshot())
      order by e.tx, e.id
      limit 10000;
end $$;
