-- Claims again, as far as it is free, the pads that were waived next to a span of a unit. For the owner's functions.
create function fn.claims_restore(unit uuid, span tstzrange) returns void
language plpgsql volatile as $$
begin
  with wide as (
    select c.id, c.wants,
        tstzrange(greatest(lower(c.wants), max(upper(o.during)) filter (where upper(o.during) <= b.starts_at)),
                  least(upper(c.wants), min(lower(o.during)) filter (where lower(o.during) >= b.ends_at))) as during
      from claim c
        join booking b on b.id = c.booking_id
        left join claim o on o.unit_id = c.unit_id and o.live and o.id <> c.id and o.during && c.wants
      where c.unit_id = claims_restore.unit and c.live and c.wants is not null
        and c.during && tstzrange(lower(span) - interval '31 days', upper(span) + interval '31 days') and c.wants && span
      group by c.id, b.id
  )
  update claim c set during = w.during, wants = nullif(w.wants, w.during)
    from wide w where c.id = w.id and c.during <> w.during;
end $$;
