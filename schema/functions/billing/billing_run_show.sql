-- A billing run as replies show it.
create function fn.billing_run_show(b billing_run) returns fn.billing_run_reply
language sql stable
return (select row('ok', null, null, null, b.id, b.version, s.code, b.month, f.code, b.status, b.requested_at, b.finished_at,
                   b.invoice_count, b.problems)::fn.billing_run_reply
        from site s left join firm f on f.id = b.firm_id
        where s.id = b.site_id);
