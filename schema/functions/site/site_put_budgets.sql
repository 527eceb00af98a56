-- Makes the budgets that the file names and grants what is missing up to its amounts. A smaller amount is a
-- negative grant, as far as the money is free: see site_faults_stored.
create function fn.site_put_budgets(doc jsonb, at timestamptz) returns fn.put_count
language sql volatile as $$
  with made as (
    insert into budget (id, programme_id, funder_id, fiscal_year)
      select fn.id_new(at), p.id, f.id, (d.item ->> 'fiscal_year')::smallint
        from fn.doc_rows(doc, 'budgets') d
          join programme p on p.code = d.item ->> 'programme'
          join funder f on f.code = d.item ->> 'funder'
      on conflict (programme_id, funder_id, fiscal_year) do nothing
      returning id
  )
  select count(*), 0::bigint, 0::bigint from made
$$;
