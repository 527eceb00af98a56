-- One billing run: no row when there is none in scope.
-- role: api, jobs
-- $1 uuid: billing run
select b.id, b.version, s.code as site, b.month, f.code as firm, b.status, b.requested_at, b.finished_at, b.invoice_count,
    b.problems
  from billing_run b
    join site s on s.id = b.site_id
    left join firm f on f.id = b.firm_id
  where b.id = $1::uuid;
