-- Books the difference between the budgets of the file and what was granted so far.
create function fn.site_put_grants(doc jsonb, at timestamptz) returns fn.put_count
language sql volatile as $$
  with wanted as (
    select b.id, (d.item ->> 'amount')::bigint - b.granted as missing, b.granted <> 0 as is_known
      from fn.doc_rows(doc, 'budgets') d
        join programme p on p.code = d.item ->> 'programme'
        join funder f on f.code = d.item ->> 'funder'
        join budget b on b.programme_id = p.id and b.funder_id = f.id
          and b.fiscal_year = (d.item ->> 'fiscal_year')::smallint
  ), done as (
    insert into budget_entry (budget_id, kind, amount, note, at)
      select w.id, 'grant', w.missing, 'site file', site_put_grants.at from wanted w where w.missing <> 0 order by w.id
  )
  select 0::bigint, count(*), 0::bigint from wanted where missing <> 0 and is_known
$$;
