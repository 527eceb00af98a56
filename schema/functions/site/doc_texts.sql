-- The elements of a list of texts in a site file, numbered from 0 as JSON pointers are; what is no list has none.
create function fn.doc_texts(list jsonb) returns table (n integer, text text)
language sql immutable as $$
  select (o.ordinality - 1)::integer, o.value
    from jsonb_array_elements_text(case jsonb_typeof(list) when 'array' then list else '[]' end) with ordinality o
$$;
