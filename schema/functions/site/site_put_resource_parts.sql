-- Applies the parts of resources: of a resource in the file, the file's are all there are.
create function fn.site_put_resource_parts(doc jsonb, at timestamptz) returns fn.put_count
language sql volatile as $$
  with whole as (
    select r.id, d.item from fn.doc_rows(doc, 'resources') d join resource r on r.code = d.item ->> 'code'
  ), wanted as (
    select w.id as resource_id, p.id as part_id, (t.n + 1)::smallint as ordinal
      from whole w
        cross join fn.doc_texts(w.item -> 'parts') t
        join resource p on p.code = t.text
  ), gone as (
    delete from resource_part p
      where p.resource_id in (select id from whole)
        and not exists (select from wanted w where w.resource_id = p.resource_id and w.part_id = p.part_id)
      returning part_id
  ), done as (
    insert into resource_part (resource_id, part_id, ordinal)
      select w.resource_id, w.part_id, w.ordinal from wanted w
      on conflict (resource_id, part_id) do update set ordinal = excluded.ordinal
        where resource_part.ordinal <> excluded.ordinal
      returning xmax = 0 as is_new
  )
  select (select count(*) from done where is_new), (select count(*) from done where not is_new),
         (select count(*) from gone)
$$;
