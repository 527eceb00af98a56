-- A feed as replies show it; its object by the code of a resource, firm or person.
create function fn.feed_show(f feed) returns fn.feed_reply
language sql stable as $$
  select row('ok', null, null, null, f.id, f.kind,
             coalesce((select r.code from resource r where r.id = f.object_id),
                      (select m.code from firm m where m.id = f.object_id),
                      (select p.code from person p where p.id = f.object_id)),
             f.label, (select p.code from person p where p.id = f.created_by), f.created_at, f.revoked_at)::fn.feed_reply
$$;
