-- An outage as replies show it.
create function fn.outage_show(o outage) returns fn.outage_reply
language sql stable as $$
  select row('ok', null, null, null, o.id, o.version, s.code, (select r.code from resource r where r.id = o.resource_id), o.kind,
             o.title, o.starts_at, o.ends_at, o.series_id, (select p.code from person p where p.id = o.created_by), o.created_at,
             o.ended_at, (select p.code from person p where p.id = o.ended_by))::fn.outage_reply
    from site s where s.id = o.site_id
$$;
