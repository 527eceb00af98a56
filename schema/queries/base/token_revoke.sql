-- Revokes a token. One row: outcome ('ok', not_found), pointer, limit_value, actual_value, then the token.
-- role: api
-- $1 timestamptz: now; $2 uuid: token
select outcome, pointer, limit_value, actual_value, token_id as id, person, label, created_at, expires_at, revoked_at
  from fn.token_revoke($1::timestamptz, $2::uuid);
