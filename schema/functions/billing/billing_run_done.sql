-- Ends a billing run that this connection took. Its invoices are counted here: a process that died may have issued some.
create function fn.billing_run_done(at timestamptz, id uuid, status text, problems jsonb) returns void
language plpgsql volatile as $$
#variable_conflict use_column
declare
  run billing_run;
begin
  update billing_run b set status = billing_run_done.status, finished_at = billing_run_done.at,
      invoice_count = (select count(*) from invoice i where i.billing_run_id = b.id), problems = billing_run_done.problems, version = b.version + 1
    where b.id = billing_run_done.id and b.status = 'running'
    returning * into run;
  if found then
    insert into event (at, kind, firm_id, object_id, data)
      values (billing_run_done.at, 'billing_run.' || run.status, run.firm_id, run.id,
              jsonb_build_object('month', run.month, 'invoice_count', run.invoice_count));
  end if;
  perform pg_advisory_unlock(hashtextextended(billing_run_done.id::text, 7004));
end $$;
