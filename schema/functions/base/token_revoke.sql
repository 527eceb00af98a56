-- Revokes a token, now and for ever; doing it again changes nothing. One row: 'ok' with the token, or not_found.
create function fn.token_revoke(at timestamptz, id uuid)
returns table (outcome text, pointer text, limit_value text, actual_value text, token_id uuid, person text, label text,
               created_at timestamptz, expires_at timestamptz, revoked_at timestamptz)
language plpgsql volatile as $$
#variable_conflict use_column
begin
  update token set revoked_at = token_revoke.at where token.id = token_revoke.id and token.revoked_at is null;
  return query
    select 'ok', null::text, null::text, null::text, t.id, p.code::text, t.label, t.created_at, t.expires_at, t.revoked_at
      from token t join person p on p.id = t.person_id
      where t.id = token_revoke.id;
  if not found then
    outcome := 'not_found';
    return next;
  end if;
end $$;
