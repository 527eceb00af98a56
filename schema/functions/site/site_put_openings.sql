-- Applies the weekly hours: the file's are all there are.
create function fn.site_put_openings(doc jsonb, at timestamptz) returns fn.put_count
language sql volatile as $$
  with wanted as (
    select s.id as site_id, r.id as resource_id, (d.item ->> 'weekday')::smallint as weekday,
        fn.doc_minutes(d.item ->> 'opens') as opens_min, fn.doc_minutes(d.item ->> 'closes') as closes_min,
        daterange((d.item ->> 'valid_from')::date, (d.item ->> 'valid_to')::date) as valid
      from fn.doc_rows(doc, 'openings') d
        join site s on s.code = doc #>> '{site,code}'
        left join resource r on r.code = d.item ->> 'resource'
  ), gone as (
    delete from opening o
      where o.site_id = (select id from site where code = doc #>> '{site,code}')
        and not exists (select from wanted w where (w.resource_id, w.weekday, w.opens_min, w.valid)
                                                     is not distinct from (o.resource_id, o.weekday, o.opens_min, o.valid))
      returning id
  ), done as (
    insert into opening (id, site_id, resource_id, weekday, opens_min, closes_min, valid)
      select fn.id_new(at), w.* from wanted w
      on conflict (site_id, resource_id, weekday, opens_min, valid) do update set closes_min = excluded.closes_min
        where opening.closes_min <> excluded.closes_min
      returning xmax = 0 as is_new
  )
  select (select count(*) from done where is_new), (select count(*) from done where not is_new),
         (select count(*) from gone)
$$;
