-- Applies how run states follow from meters.
create function fn.site_put_run_rules(doc jsonb, at timestamptz) returns fn.put_count
language sql volatile as $$
  with done as (
    insert into run_rule (resource_id, basis, on_w, off_w, standby_w, contact_on_ms, contact_off_ms, hold_ms, gap_ms, confirm_count)
      select r.id, x.basis, coalesce(x.on_w, 400), coalesce(x.off_w, 200), coalesce(x.standby_w, 15),
          coalesce(x.contact_on_ms, 2000), coalesce(x.contact_off_ms, 5000), coalesce(x.hold_ms, 60000),
          coalesce(x.gap_ms, 30000), coalesce(x.confirm_count, 3)
        from fn.doc_rows(doc, 'run_rules') d
          cross join jsonb_to_record(d.item) as x (resource text, basis text, on_w integer, off_w integer,
            standby_w integer, contact_on_ms integer, contact_off_ms integer, hold_ms integer, gap_ms integer,
            confirm_count smallint)
          join resource r on r.code = x.resource
      on conflict (resource_id) do update set
      basis = excluded.basis,
      on_w = excluded.on_w,
      off_w = excluded.off_w,
      standby_w = excluded.standby_w,
      contact_on_ms = excluded.contact_on_ms,
      contact_off_ms = excluded.contact_off_ms,
      hold_ms = excluded.hold_ms,
      gap_ms = excluded.gap_ms,
      confirm_count = excluded.confirm_count
      where (run_rule.basis, run_rule.on_w, run_rule.off_w, run_rule.standby_w, run_rule.contact_on_ms, run_rule.contact_off_ms, run_rule.hold_ms, run_rule.gap_ms, run_rule.confirm_count)
        is distinct from (excluded.basis, excluded.on_w, excluded.off_w, excluded.standby_w, excluded.contact_on_ms, excluded.contact_off_ms, excluded.hold_ms, excluded.gap_ms, excluded.confirm_count)
      returning xmax = 0 as is_new
  )
  select count(*) filter (where is_new), count(*) filter (where not is_new), 0::bigint from done
$$;
