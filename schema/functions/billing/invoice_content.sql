-- What an issued invoice's hash covers, besides the hash before it: everything in it that can't change. Without nulls, so that
-- a column that a later version adds leaves the hashes of before as they are.
create function fn.invoice_content(i invoice) returns jsonb
language sql stable set timezone = 'UTC' as $$
  select jsonb_strip_nulls(
      to_jsonb(i) - array['hash', 'prev_hash', 'status', 'version', 'position']
      || jsonb_build_object('lines', (select jsonb_agg(to_jsonb(l) order by l.n) from invoice_line l where l.invoice_id = i.id)))
$$;
