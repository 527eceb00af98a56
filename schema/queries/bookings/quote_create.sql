-- Prices a booking that is not made: a stored offer. Columns of fn.quote_reply: one row 'ok' with the quote, or a row for each
-- refusal. See functions/bookings/quote_create.sql.
-- role: api
-- $1 uuid: who asks; $2 text: Idempotency-Key or null; $3 bytea: hash of the request; $4 timestamptz: now
-- $5 bigint: version of the catalogue that the rules were checked with; $6 boolean: a trial, nothing is stored
-- $7 timestamptz: until when it binds
-- The wish (fn.wish): $8 id (of the quote), $9 firm, $10 resource, $11 person, $12 mode, $13 status, $14 starts, $15 ends,
--   $16 also, $17 claims, $18 claim_from, $19 claim_to, $20 claim_pointers, $21 waives_pads, $22 purpose,
--   $23 configuration, $24 override_reason, $25 is_staff, $26 price, $27 explain, $28 budgets, $29 wanted,
--   $30 quotas, $31 gap_s, $32 unused_limit_s, $33 never_used_limit_s, $34 locked_from, $35 free_until,
--   $36 late_fee, $37 credits_resale, $38 check_in_from, $39 no_show_at, $40 no_show_fee, $41 finishes_itself,
--   $42 approvals, $43 expires_at, $44 quote, $45 series
select * from fn.quote_create($1::uuid, $2::text, $3::bytea, $4::timestamptz, $5::bigint, $6::boolean, $7::timestamptz,
  row($8::uuid, $9::uuid, $10::uuid, $11::uuid, $12::text, $13::text, $14::timestamptz, $15::timestamptz,
    $16::uuid[], $17::uuid[], $18::timestamptz[], $19::timestamptz[], $20::text[], $21::boolean, $22::text,
    $23::text, $24::text, $25::boolean, $26::bigint, $27::jsonb, $28::uuid[], $29::bigint[], $30::uuid[],
    $31::bigint::integer, $32::bigint, $33::bigint, $34::timestamptz, $35::timestamptz, $36::bigint, $37::boolean,
    $38::timestamptz, $39::timestamptz, $40::bigint, $41::boolean, $42::text[], $43::timestamptz, $44::uuid,
    $45::uuid)::fn.wish);
