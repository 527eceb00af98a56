-- Feeds, oldest first, revoked ones too.
-- role: api
-- $1 bigint: most rows; $2 text: cursor of the last row seen, or null; $3 uuid: only those made by this person, or null
select s.id, s.kind, s.object, s.label, s.created_by, s.created_at, s.revoked_at, f.id::text as cursor
  from feed f, fn.feed_show(f) s
  where ($3::uuid is null or f.created_by = $3::uuid)
    and f.id > fn.cursor_id($2::text, '00000000-0000-0000-0000-000000000000')
  order by f.id
  limit $1::bigint;
