-- Takes a billing run that nobody works at, and holds it (an advisory lock of the session) until
-- fn.billing_run_done or the end of the connection: a run whose process died is taken again by the next one. The one that was
-- taken the fewest times comes first, so that a run that ends nowhere keeps none waiting. No row when there is none.
create function fn.billing_run_next()
returns table (id uuid, site_id uuid, month date, firm_id uuid, requested_at timestamptz)
language plpgsql volatile as $$
#variable_conflict use_column
declare
  run billing_run;
begin
  for run in select * from billing_run b where b.status in ('waiting', 'running') order by b.version, b.id loop
    continue when not pg_try_advisory_lock(hashtextextended(run.id::text, 7004));
    -- It may have been done between the look and the lock.
    update billing_run b set status = 'running', version = b.version + 1
      where b.id = run.id and b.status in ('waiting', 'running');
    if found then
      return query select run.id, run.site_id, run.month, run.firm_id, run.requested_at;
      return;
    end if;
    perform pg_advisory_unlock(hashtextextended(run.id::text, 7004));
  end loop;
end $$;
