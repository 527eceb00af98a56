-- Applies what courses open: of a course in the file, the file's are all there are.
create function fn.site_put_course_grants(doc jsonb, at timestamptz) returns fn.put_count
language sql volatile as $$
  with whole as (
    select c.id, d.item from fn.doc_rows(doc, 'courses') d join course c on c.code = d.item ->> 'code'
  ), wanted as (
    select w.id as course_id, r.id as resource_id, (g.item ->> 'validity_s')::bigint as validity_s
      from whole w
        cross join fn.doc_rows(w.item, 'grants') g
        join resource r on r.code = g.item ->> 'resource'
  ), gone as (
    delete from course_grant g
      where g.course_id in (select id from whole)
        and not exists (select from wanted w where w.course_id = g.course_id and w.resource_id = g.resource_id)
      returning resource_id
  ), done as (
    insert into course_grant (course_id, resource_id, validity_s)
      select w.course_id, w.resource_id, w.validity_s from wanted w
      on conflict (course_id, resource_id) do update set validity_s = excluded.validity_s
        where course_grant.validity_s is distinct from excluded.validity_s
      returning xmax = 0 as is_new
  )
  select (select count(*) from done where is_new), (select count(*) from done where not is_new),
         (select count(*) from gone)
$$;
