-- Applies what is true of the firms. What the file does not name stays.
create function fn.site_put_firm_facts(doc jsonb, at timestamptz) returns fn.put_count
language sql volatile as $$
  with done as (
    insert into firm_fact (id, firm_id, valid, region, industry, head_count)
      select fn.id_new(at), f.id, d.valid, d.item ->> 'region', d.item ->> 'industry', (d.item ->> 'head_count')::integer
        from fn.doc_dated(doc, 'firm_facts', 'firm') d join firm f on f.code = d.item ->> 'firm'
      on conflict (firm_id, lower(valid)) do update set
      valid = excluded.valid,
      region = excluded.region,
      industry = excluded.industry,
      head_count = excluded.head_count
      where (firm_fact.valid, firm_fact.region, firm_fact.industry, firm_fact.head_count)
        is distinct from (excluded.valid, excluded.region, excluded.industry, excluded.head_count)
      returning xmax = 0 as is_new
  )
  select count(*) filter (where is_new), count(*) filter (where not is_new), 0::bigint from done
$$;
