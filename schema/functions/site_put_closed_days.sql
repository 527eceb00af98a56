-- Applies holidays and closures: the file's are all there are.
create function fn.site_put_closed_days(doc jsonb, at timestamptz) returns fn.put_count
language sql volatile as $$
  with wanted as (
    select s.id as site_id, (d.item ->> 'day')::date as on_day, d.item ->> 'reason' as reason
      from fn.doc_rows(doc, 'closed_days') d join site s on s.code = doc #>> '{site,code}'
  ), gone as (
    delete from closed_day c
      where c.site_id = (select id from site where code = doc #>> '{site,code}')
        and not exists (select from wanted w where w.on_day = c.on_day)
      returning on_day
  ), done as (
    insert into closed_day (site_id, on_day, reason)
      select w.site_id, w.on_day, w.reason from wanted w
      on conflict (site_id, on_day) do update set reason = excluded.reason
        where closed_day.reason is distinct from excluded.reason
      returning xmax = 0 as is_new
  )
  select (select count(*) from done where is_new), (select count(*) from done where not is_new),
         (select count(*) from gone)
$$;
