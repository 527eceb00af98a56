-- Applies the booking rules: of a resource that the file gives rules to, the file's are all there are.
create function fn.site_put_booking_rules(doc jsonb, at timestamptz) returns fn.put_count
language sql volatile as $$
  with wanted as (
    select r.id as resource_id, d.valid, b.*
      from fn.doc_dated(doc, 'booking_rules', 'resource') d
        join resource r on r.code = d.item ->> 'resource'
        cross join jsonb_to_record(d.item) as b (min_s integer, max_s integer, grid_s integer, notice_s integer,
          horizon_s integer, pad_before_s integer, pad_after_s integer, cancel_free_s integer, needs_qualification boolean)
  ), gone as (
    delete from booking_rule b
      where b.resource_id in (select w.resource_id from wanted w)
        and not exists (select from wanted w where w.resource_id = b.resource_id
                                               and lower(w.valid) is not distinct from lower(b.valid))
      returning id
  ), done as (
    insert into booking_rule (id, resource_id, valid, min_s, max_s, grid_s, notice_s, horizon_s, pad_before_s,
                              pad_after_s, cancel_free_s, needs_qualification)
      select fn.id_new(at), w.resource_id, w.valid, coalesce(w.min_s, 0), w.max_s, coalesce(w.grid_s, 60),
          coalesce(w.notice_s, 0), coalesce(w.horizon_s, 7776000), coalesce(w.pad_before_s, 0),
          coalesce(w.pad_after_s, 0), coalesce(w.cancel_free_s, 0), coalesce(w.needs_qualification, false)
        from wanted w
      on conflict (resource_id, lower(valid)) do update set
        valid = excluded.valid, min_s = excluded.min_s, max_s = excluded.max_s, grid_s = excluded.grid_s,
        notice_s = excluded.notice_s, horizon_s = excluded.horizon_s, pad_before_s = excluded.pad_before_s,
        pad_after_s = excluded.pad_after_s, cancel_free_s = excluded.cancel_free_s,
        needs_qualification = excluded.needs_qualification
        where (booking_rule.valid, booking_rule.min_s, booking_rule.max_s, booking_rule.grid_s, booking_rule.notice_s,
               booking_rule.horizon_s, booking_rule.pad_before_s, booking_rule.pad_after_s, booking_rule.cancel_free_s,
               booking_rule.needs_qualification)
          is distinct from
              (excluded.valid, excluded.min_s, excluded.max_s, excluded.grid_s, excluded.notice_s, excluded.horizon_s,
               excluded.pad_before_s, excluded.pad_after_s, excluded.cancel_free_s, excluded.needs_qualification)
      returning xmax = 0 as is_new
  )
  select (select count(*) from done where is_new), (select count(*) from done where not is_new),
         (select count(*) from gone)
$$;
