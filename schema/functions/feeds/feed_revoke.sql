-- Ends a feed for ever; ending it again changes nothing. `by_person`: only one of theirs; null: any in scope. One row: 'ok'
-- with the feed, or not_found.
create function fn.feed_revoke(by_person uuid, at timestamptz, id uuid) returns fn.feed_reply
language plpgsql volatile as $$
#variable_conflict use_column
declare
  ended feed;
  reply fn.feed_reply;
begin
  update feed f set revoked_at = coalesce(f.revoked_at, feed_revoke.at)
    where f.id = feed_revoke.id and (by_person is null or f.created_by = by_person)
    returning * into ended;
  if not found then
    reply.outcome := 'not_found';
    return reply;
  end if;
  return fn.feed_show(ended);
end $$;
