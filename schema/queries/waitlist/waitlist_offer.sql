-- Offers a slot to who waits. Columns of fn.booking_reply: one row 'ok' with the booking, or a row for each refusal. See
-- functions/waitlist/waitlist_offer.sql.
-- role: jobs
-- $1 uuid: entry; $2 timestamptz: now; $3 bigint: version of the catalogue that the rules were checked with
-- The wish (fn.wish): $4 id, $5 firm, $6 resource, $7 person, $8 mode, $9 status, $10 starts, $11 ends, $12 also,
--   $13 claims, $14 claim_from, $15 claim_to, $16 claim_pointers, $17 waives_pads, $18 purpose, $19 configuration,
--   $20 override_reason, $21 is_staff, $22 price, $23 explain, $24 budgets, $25 wanted, $26 quotas, $27 gap_s,
--   $28 unused_limit_s, $29 never_used_limit_s, $30 locked_from, $31 free_until, $32 late_fee, $33 credits_resale,
--   $34 check_in_from, $35 no_show_at, $36 no_show_fee, $37 finishes_itself, $38 approvals, $39 expires_at,
--   $40 quote, $41 series
select * from fn.waitlist_offer($1::uuid, $2::timestamptz, $3::bigint,
  row($4::uuid, $5::uuid, $6::uuid, $7::uuid, $8::text, $9::text, $10::timestamptz, $11::timestamptz, $12::uuid[],
    $13::uuid[], $14::timestamptz[], $15::timestamptz[], $16::text[], $17::boolean, $18::text, $19::text,
    $20::text, $21::boolean, $22::bigint, $23::jsonb, $24::uuid[], $25::bigint[], $26::uuid[],
    $27::bigint::integer, $28::bigint, $29::bigint, $30::timestamptz, $31::timestamptz, $32::bigint, $33::boolean,
    $34::timestamptz, $35::timestamptz, $36::bigint, $37::boolean, $38::text[], $39::timestamptz, $40::uuid,
    $41::uuid)::fn.wish);
