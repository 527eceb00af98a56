-- Until when a booking that is pending from now on waits for its approvals: by the rules of its day, never beyond its start.
create function fn.approval_until(b booking, at timestamptz) returns timestamptz
language sql stable as $$
  select least(at + r.approval_expiry_s * interval '1 second', b.starts_at)
    from booking_rule r
      join resource o on o.id = r.resource_id
      join site s on s.id = o.site_id
    where r.resource_id = b.resource_id and r.valid @> (b.starts_at at time zone s.zone)::date
  union all
  select b.starts_at
  limit 1
$$;
