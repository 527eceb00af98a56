-- The elements of one list of a site file, numbered from 0 as JSON pointers are. An object counts as a list of one.
create function fn.doc_rows(doc jsonb, section text) returns table (n integer, item jsonb)
language sql immutable as $$
  select (o.ordinality - 1)::integer, o.value
    from jsonb_array_elements(case jsonb_typeof(doc -> section) when 'array' then doc -> section
                                                                when 'object' then jsonb_build_array(doc -> section)
                                                                else '[]' end) with ordinality o
$$;
