-- Changes a booking to what is wished; it stands as it is when that is refused. Columns of fn.booking_reply: one row 'ok' with
-- the booking, or a row for each refusal. See functions/bookings/booking_change.sql.
-- role: api
-- $1 uuid: who asks; $2 text: Idempotency-Key or null; $3 bytea: hash of the request; $4 timestamptz: now
-- $5 bigint: version of the catalogue that the rules were checked with; $6 boolean: a trial, nothing is stored
-- $7 bigint: version of the booking (If-Match); $8 text: reason or null
-- The wish (fn.wish): $9 id, $10 firm, $11 resource, $12 person, $13 mode, $14 status, $15 starts, $16 ends,
--   $17 also, $18 claims, $19 claim_from, $20 claim_to, $21 claim_pointers, $22 waives_pads, $23 purpose,
--   $24 configuration, $25 override_reason, $26 is_staff, $27 price, $28 explain, $29 budgets, $30 wanted,
--   $31 quotas, $32 gap_s, $33 unused_limit_s, $34 never_used_limit_s, $35 locked_from, $36 free_until,
--   $37 late_fee, $38 credits_resale, $39 check_in_from, $40 no_show_at, $41 no_show_fee, $42 finishes_itself,
--   $43 approvals, $44 expires_at, $45 quote, $46 series
select * from fn.booking_change($1::uuid, $2::text, $3::bytea, $4::timestamptz, $5::bigint, $6::boolean,
  $7::bigint::integer, $8::text,
  row($9::uuid, $10::uuid, $11::uuid, $12::uuid, $13::text, $14::text, $15::timestamptz, $16::timestamptz,
    $17::uuid[], $18::uuid[], $19::timestamptz[], $20::timestamptz[], $21::text[], $22::boolean, $23::text,
    $24::text, $25::text, $26::boolean, $27::bigint, $28::jsonb, $29::uuid[], $30::bigint[], $31::uuid[],
    $32::bigint::integer, $33::bigint, $34::bigint, $35::timestamptz, $36::timestamptz, $37::bigint, $38::boolean,
    $39::timestamptz, $40::timestamptz, $41::bigint, $42::boolean, $43::text[], $44::timestamptz, $45::uuid,
    $46::uuid)::fn.wish);
