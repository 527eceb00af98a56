-- Makes a feed with a secret's hash. One row: 'ok' with the feed, or
--   too_large  the person has `most` feeds in force already (limit: most)
create function fn.feed_create(by_person uuid, at timestamptz, id uuid, firm uuid, kind text, object uuid, hash bytea, label text,
                               most bigint)
returns fn.feed_reply
language plpgsql volatile as $$
#variable_conflict use_column
declare
  made feed;
  count bigint;
  reply fn.feed_reply;
begin
  select count(*) into count from feed f where f.created_by = by_person and f.revoked_at is null;
  if count >= most then
    reply.outcome := 'too_large';
    reply.pointer := '';
    reply.limit_value := most::text;
    reply.actual_value := (count + 1)::text;
    return reply;
  end if;
  insert into feed (id, firm_id, kind, object_id, hash, label, created_by, created_at)
    values (feed_create.id, feed_create.firm, feed_create.kind, object, feed_create.hash, feed_create.label, by_person,
            feed_create.at)
    returning * into made;
  return fn.feed_show(made);
end $$;
