-- Violations as JSON: [{"code", "pointer", "limit", "actual"}], limit and actual where there are some, numbers as numbers.
create function fn.violations_json(faults fn.violation[]) returns jsonb
language sql immutable as $$
  select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('code', f.code, 'pointer', coalesce(f.pointer, ''),
      'limit', case when f.limit_value ~ '^-?[0-9]{1,15}$' then to_jsonb(f.limit_value::bigint) else to_jsonb(f.limit_value) end,
      'actual', case when f.actual_value ~ '^-?[0-9]{1,15}$' then to_jsonb(f.actual_value::bigint)
                     else to_jsonb(f.actual_value) end)) order by f.n), '[]')
    from unnest(faults) with ordinality f (code, pointer, limit_value, actual_value, n)
$$;
