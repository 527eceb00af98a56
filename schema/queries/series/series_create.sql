-- Makes a series of bookings. Columns of fn.series_reply: one row, or one for each refusal. See functions/series/series_create.sql.
-- role: api
-- $1 uuid: who asks; $2 text: Idempotency-Key or null; $3 bytea: hash of the request; $4 timestamptz: now
-- $5 bigint: version of the catalogue; $6 boolean: a trial; $7 uuid: id of the new series; $8 uuid: firm; $9 uuid: resource
-- $10 uuid: person; $11 text: rule; $12 timestamptz: the first start; $13 bigint: seconds that each lasts
-- $14 text: on conflict; $15 jsonb: what is left out already; $16 jsonb: a wish for each other one; $17 bigint[]: its number
select r.*
  from resource o join site i on i.id = o.site_id,
    fn.series_create($1::uuid, $2::text, $3::bytea, $4::timestamptz, $5::bigint, $6::boolean,
      row($7::uuid, $8::uuid, $9::uuid, $10::uuid, $1::uuid, $11::text, $12::timestamptz at time zone i.zone,
          $13::bigint::integer, $14::text, 0, $15::jsonb, $4::timestamptz, 1)::booking_series,
      array(select jsonb_populate_record(null::fn.wish, w) from jsonb_array_elements($16::jsonb) with ordinality e (w, n) order by n),
      $17::bigint[]) r
  where o.id = $9::uuid;
