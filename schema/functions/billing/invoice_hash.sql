-- The hash of an issued invoice: SHA-256 of the hash before it in its series and its content as PostgreSQL writes jsonb.
create function fn.invoice_hash(i invoice) returns bytea
language sql stable
return sha256(i.prev_hash || convert_to(fn.invoice_content(i)::text, 'UTF8'));
