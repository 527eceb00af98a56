-- Stores a token's hash. One row: outcome, pointer, limit_value, actual_value, then the token.
-- role: api
-- $1 timestamptz: now; $2 uuid: id of the new token; $3 uuid: person; $4 bytea: hash of the token (BLAKE2b-256); $5 text: label
-- $6 timestamptz: when it ends by itself, or null
with made as (
  insert into token (id, person_id, firm_id, hash, label, created_at, expires_at)
    select $2::uuid, p.id, p.firm_id, $4::bytea, $5::text, $1::timestamptz, $6::timestamptz
      from person p where p.id = $3::uuid
    returning *
)
select case when m.id is null then 'unknown_reference' else 'ok' end as outcome,
    case when m.id is null then '/person' end as pointer, null::text as limit_value, null::text as actual_value,
    m.id, p.code as person, m.label, m.created_at, m.expires_at, m.revoked_at
  from (select) one
    left join made m on true
    left join person p on p.id = m.person_id;
