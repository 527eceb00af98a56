-- Applies the hours of single days, of the site and of resources: the file's are all there are.
create function fn.site_put_special_days(doc jsonb, at timestamptz) returns fn.put_count
language sql volatile as $$
  with wanted as (
    select s.id as site_id, r.id as resource_id, (d.item ->> 'day')::date as on_day,
        fn.doc_minutes(d.item ->> 'opens') as opens_min, fn.doc_minutes(d.item ->> 'closes') as closes_min,
        d.item ->> 'reason' as reason
      from fn.doc_rows(doc, 'special_days') d
        join site s on s.code = doc #>> '{site,code}'
        left join resource r on r.code = d.item ->> 'resource'
  ), gone as (
    delete from special_day s
      where s.site_id = (select id from site where code = doc #>> '{site,code}')
        and not exists (select from wanted w where (w.resource_id, w.on_day, w.opens_min)
                                                     is not distinct from (s.resource_id, s.on_day, s.opens_min))
      returning id
  ), done as (
    insert into special_day (id, site_id, resource_id, on_day, opens_min, closes_min, reason)
      select fn.id_new(at), w.* from wanted w
      on conflict (site_id, resource_id, on_day, opens_min) do update set
        closes_min = excluded.closes_min, reason = excluded.reason
        where (special_day.closes_min, special_day.reason) is distinct from (excluded.closes_min, excluded.reason)
      returning xmax = 0 as is_new
  )
  select (select count(*) from done where is_new), (select count(*) from done where not is_new),
         (select count(*) from gone)
$$;
