-- Takes for an outage what of its units from `from_at` on no other outage has, and no booking that is over (its tear-down).
-- False when something else is in the way.
-- Runs as the owner, for a caller who sees everything: nobody else writes claims.
create function fn.outage_claims_take(o outage, from_at timestamptz) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  piece record;
  is_whole boolean := true;
begin
  if not scope_sees(null) then
    raise insufficient_privilege using message = 'outages need the scope of the whole lab';
  end if;
  for piece in
    select u.unit_id, p.span
      from fn.outage_units(o.site_id, o.resource_id) u,
        unnest(tstzmultirange(o.during * tstzrange(from_at, null))
               - coalesce((select range_agg(c.during) from claim c left join booking b on b.id = c.booking_id
                             where c.unit_id = u.unit_id and c.live and c.during && o.during
                               and (c.outage_id is not null or b.status in ('finished', 'missed'))), '{}')) p (span)
      order by u.unit_id, p.span
  loop
    insert into claim (unit_id, during, reason, outage_id)
      values (piece.unit_id, piece.span, case o.kind when 'closure' then 'closure' else 'maintenance' end, o.id)
      on conflict do nothing;
    is_whole := is_whole and found;
  end loop;
  return is_whole;
end $$;
