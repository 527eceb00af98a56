-- Applies the quotas. What the file does not name stays.
create function fn.site_put_quotas(doc jsonb, at timestamptz) returns fn.put_count
language sql volatile as $$
  with done as (
    insert into quota (id, site_id, code, valid, holder, group_code, resource_id, kind, period, weekdays,
                       off_from_min, off_to_min, most_count, most_s)
      select fn.id_new(at), s.id, q.code, daterange(q.valid_from, q.valid_to), q.holder, q."group", r.id, q.kind, q.period,
          q.weekdays, fn.doc_minutes(q.off_from), fn.doc_minutes(q.off_to), q.most_count, q.most_s
        from fn.doc_rows(doc, 'quotas') d
          cross join jsonb_to_record(d.item) as q (code text, valid_from date, valid_to date, holder text, "group" text,
            resource text, kind text, period text, weekdays smallint[], off_from text, off_to text, most_count integer, most_s bigint)
          join site s on s.code = doc #>> '{site,code}'
          left join resource r on r.code = q.resource
      on conflict (code) do update set
      valid = excluded.valid,
      holder = excluded.holder,
      group_code = excluded.group_code,
      resource_id = excluded.resource_id,
      kind = excluded.kind,
      period = excluded.period,
      weekdays = excluded.weekdays,
      off_from_min = excluded.off_from_min,
      off_to_min = excluded.off_to_min,
      most_count = excluded.most_count,
      most_s = excluded.most_s
      where (quota.valid, quota.holder, quota.group_code, quota.resource_id, quota.kind, quota.period, quota.weekdays,
             quota.off_from_min, quota.off_to_min, quota.most_count, quota.most_s)
        is distinct from (excluded.valid, excluded.holder, excluded.group_code, excluded.resource_id, excluded.kind, excluded.period,
             excluded.weekdays, excluded.off_from_min, excluded.off_to_min, excluded.most_count, excluded.most_s)
      returning xmax = 0 as is_new
  )
  select count(*) filter (where is_new), count(*) filter (where not is_new), 0::bigint from done
$$;
