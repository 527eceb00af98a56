-- Applies the booking rules: of a resource that the file gives rules to, the file's are all there are. One that
-- differs is made anew: nothing refers to it.
create function fn.site_put_booking_rules(doc jsonb, at timestamptz) returns fn.put_count
language plpgsql volatile as $$
declare
  done fn.put_count;
begin
  select count(*) into done.changed
    from fn.site_booking_rules(doc) w
      join booking_rule b on b.resource_id = w.resource_id and lower(b.valid) is not distinct from lower(w.valid)
    where to_jsonb(b) - 'id' <> to_jsonb(w) - 'id';

  delete from booking_rule b
    where b.resource_id in (select w.resource_id from fn.site_booking_rules(doc) w)
      and not exists (select from fn.site_booking_rules(doc) w
                        where w.resource_id = b.resource_id and to_jsonb(w) - 'id' = to_jsonb(b) - 'id');
  get diagnostics done.removed = row_count;

  insert into booking_rule
    select n.*
      from fn.site_booking_rules(doc) w
        cross join jsonb_populate_record(w, jsonb_build_object('id', fn.id_new(at))) n
      where not exists (select from booking_rule b
                          where b.resource_id = w.resource_id and lower(b.valid) is not distinct from lower(w.valid));
  get diagnostics done.created = row_count;

  done.created := done.created - done.changed;
  done.removed := done.removed - done.changed;
  return done;
end $$;
