-- Spans as events show them: [{"start", "end"}], without those that are empty.
create function fn.spans_json(spans tstzrange[]) returns jsonb
language sql stable as $$
  select coalesce(jsonb_agg(jsonb_build_object('start', fn.instant_text(lower(s)), 'end', fn.instant_text(upper(s))) order by s), '[]')
    from unnest(spans) s where not isempty(s)
$$;
