-- Applies the groups that firms are in: of a firm that the file names in a group, the file's are all there are.
create function fn.site_put_firm_groups(doc jsonb, at timestamptz) returns fn.put_count
language sql volatile as $$
  with wanted as (
    select f.id as firm_id, d.item ->> 'group' as group_code, d.valid
      from fn.doc_dated(doc, 'firm_groups', 'firm', 'group') d join firm f on f.code = d.item ->> 'firm'
  ), gone as (
    delete from firm_group g
      where g.firm_id in (select w.firm_id from wanted w)
        and not exists (select from wanted w where w.firm_id = g.firm_id and w.group_code = g.group_code
                                               and lower(w.valid) is not distinct from lower(g.valid))
      returning id
  ), done as (
    insert into firm_group (id, firm_id, group_code, valid)
      select fn.id_new(at), w.firm_id, w.group_code, w.valid from wanted w
      on conflict (firm_id, group_code, lower(valid)) do update set valid = excluded.valid
        where firm_group.valid <> excluded.valid
      returning xmax = 0 as is_new
  )
  select (select count(*) from done where is_new), (select count(*) from done where not is_new),
         (select count(*) from gone)
$$;
