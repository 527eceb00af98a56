-- Makes a booking. Columns of fn.booking_reply: one row 'ok' with the booking, or a row for each refusal. See
-- functions/bookings/booking_create.sql.
-- role: api
-- $1 uuid: who asks; $2 text: Idempotency-Key or null; $3 bytea: hash of the request; $4 timestamptz: now
-- $5 bigint: version of the catalogue that the rules were checked with; $6 boolean: a trial, nothing is stored
-- The wish (fn.wish): $7 id, $8 firm, $9 resource, $10 person, $11 mode, $12 status, $13 starts, $14 ends, $15 also,
--   $16 claims, $17 claim_from, $18 claim_to, $19 claim_pointers, $20 waives_pads, $21 purpose, $22 configuration,
--   $23 override_reason, $24 is_staff, $25 price, $26 explain, $27 budgets, $28 wanted, $29 quotas, $30 gap_s,
--   $31 unused_limit_s, $32 never_used_limit_s, $33 locked_from, $34 free_until, $35 late_fee, $36 credits_resale,
--   $37 check_in_from, $38 no_show_at, $39 no_show_fee, $40 finishes_itself, $41 approvals, $42 expires_at,
--   $43 quote, $44 series
select * from fn.booking_create($1::uuid, $2::text, $3::bytea, $4::timestamptz, $5::bigint, $6::boolean,
  row($7::uuid, $8::uuid, $9::uuid, $10::uuid, $11::text, $12::text, $13::timestamptz, $14::timestamptz, $15::uuid[],
    $16::uuid[], $17::timestamptz[], $18::timestamptz[], $19::text[], $20::boolean, $21::text, $22::text,
    $23::text, $24::boolean, $25::bigint, $26::jsonb, $27::uuid[], $28::bigint[], $29::uuid[],
    $30::bigint::integer, $31::bigint, $32::bigint, $33::timestamptz, $34::timestamptz, $35::bigint, $36::boolean,
    $37::timestamptz, $38::timestamptz, $39::bigint, $40::boolean, $41::text[], $42::timestamptz, $43::uuid,
    $44::uuid)::fn.wish);
