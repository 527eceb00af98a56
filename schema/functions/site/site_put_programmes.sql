-- Applies the programmes.
create function fn.site_put_programmes(doc jsonb, at timestamptz) returns fn.put_count
language sql volatile as $$
  with done as (
    insert into programme (id, code, site_id, name, valid, priority, rate_num, rate_den, firm_year_cap, matching, draws_partially, regions, industries, head_count_max, hold_expiry_s)
      select fn.id_new(at), p.code, s.id, p.name, daterange(p.valid_from, p.valid_to), coalesce(p.priority, 1),
          p.rate_num, p.rate_den, p.firm_year_cap, coalesce(p.matching, 'loose'), coalesce(p.draws_partially, true),
          p.regions, p.industries, p.head_count_max, coalesce(p.hold_expiry_s, 7200)
        from fn.doc_rows(doc, 'programmes') d
          cross join jsonb_to_record(d.item) as p (code text, name text, valid_from date, valid_to date, priority smallint,
            rate_num bigint, rate_den bigint, firm_year_cap bigint, matching text, draws_partially boolean, regions text[],
            industries text[], head_count_max integer, hold_expiry_s integer)
          join site s on s.code = doc #>> '{site,code}'
      on conflict (code) do update set
      name = excluded.name,
      valid = excluded.valid,
      priority = excluded.priority,
      rate_num = excluded.rate_num,
      rate_den = excluded.rate_den,
      firm_year_cap = excluded.firm_year_cap,
      matching = excluded.matching,
      draws_partially = excluded.draws_partially,
      regions = excluded.regions,
      industries = excluded.industries,
      head_count_max = excluded.head_count_max,
      hold_expiry_s = excluded.hold_expiry_s
      where (programme.name, programme.valid, programme.priority, programme.rate_num, programme.rate_den, programme.firm_year_cap, programme.matching, programme.draws_partially, programme.regions, programme.industries, programme.head_count_max, programme.hold_expiry_s)
        is distinct from (excluded.name, excluded.valid, excluded.priority, excluded.rate_num, excluded.rate_den, excluded.firm_year_cap, excluded.matching, excluded.draws_partially, excluded.regions, excluded.industries, excluded.head_count_max, excluded.hold_expiry_s)
      returning xmax = 0 as is_new
  )
  select count(*) filter (where is_new), count(*) filter (where not is_new), 0::bigint from done
$$;
