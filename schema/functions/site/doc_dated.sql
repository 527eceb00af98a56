-- The elements of a list of dated rows with their validity. What has no `valid_to` holds until the next row of
-- the same `key` members begins. `valid` is null when it ends before it starts.
create function fn.doc_dated(doc jsonb, section text, variadic keys text[])
returns table (n integer, item jsonb, valid daterange)
language sql immutable as $$
  with row as (
    select d.n, d.item, (d.item ->> 'valid_from')::date as valid_from, (d.item ->> 'valid_to')::date as valid_to,
        array(select d.item ->> k from unnest(keys) k) as key
      from fn.doc_rows(doc, section) d
  ), ended as (
    select r.*, coalesce(valid_to, lead(valid_from) over (partition by key order by valid_from nulls first, r.n)) as ends
      from row r
  )
  select e.n, e.item, case when e.valid_from >= e.ends then null else daterange(e.valid_from, e.ends) end
    from ended e;
$$;
