-- Makes and issues an invoice. One row: outcome 'ok', ..., invoice_id, number, hash; or rows of refusals (stale_catalogue,
-- conflict, budget_exhausted), and nothing is stored. See functions/billing/invoice_put.sql for the shape of the lines.
-- role: jobs
-- $1 timestamptz: now; $2 uuid: id of the new invoice; $3 uuid: billing run or null; $4 uuid: site; $5 uuid: firm
-- $6 date: month; $7 date: date of the document; $8 text: series; $9 text: currency
-- $10 to $15 bigint: fee, support, own_share, tax, truncation, total; $16 uuid[], $17 bigint[]: the usages, with the
-- versions that were rated; $18 jsonb: lines
-- $19 uuid[], $20 bigint[], $21 uuid[]: draws: budget, amount, id of the line
-- $22 bigint: version of the catalogue that it was rated with
select * from fn.invoice_put($1::timestamptz, $2::uuid, $3::uuid, $4::uuid, $5::uuid, $6::date, $7::date, $8::text, $9::text,
  $10::bigint, $11::bigint, $12::bigint, $13::bigint, $14::bigint, $15::bigint, $16::uuid[], $17::bigint[],
  $18::jsonb, $19::uuid[], $20::bigint[], $21::uuid[], $22::bigint);
