-- The usage of a booking without a session: its fee less the credit for `resold_min` minutes, or what it had reserved. It is
-- known at the booking's end, however late anybody looks; it is there from `at` on. For the owner's functions.
create function fn.usage_of_booking(b booking, resold_min bigint, at timestamptz) returns void
language plpgsql volatile as $$
declare
  booked_s constant bigint := extract(epoch from b.ends_at - b.starts_at);
  made usage;
begin
  made.id := fn.id_new(b.ends_at);
  made.booking_id := b.id;
  made.firm_id := b.firm_id;
  made.resource_id := b.resource_id;
  made.reserved := b.during;
  made.logged := 'empty';
  made.billable_s := 0;
  made.kind := coalesce(b.fee_kind, 'use');
  if made.kind = 'use' then
    made.logged := b.during;
    made.billable_s := booked_s;
  else
    made.resold_s := resold_min * 60;
    made.fee := b.fee - coalesce(round(b.fee::numeric * resold_min / nullif(booked_s / 60, 0)), 0);
  end if;
  insert into usage (id, booking_id, firm_id, resource_id, reserved, logged, metered_s, unobserved_s, energy_mwh, billable_s,
                     charge_basis, quality, status, service_day, kind, fee, resold_s, made_at)
    select made.id, made.booking_id, made.firm_id, made.resource_id, made.reserved, made.logged, 0, 0, 0, made.billable_s,
        'reserved', 0, 'ready', (b.starts_at at time zone t.zone)::date, made.kind, made.fee, made.resold_s, usage_of_booking.at
      from resource r join site t on t.id = r.site_id
      where r.id = b.resource_id
    on conflict do nothing;
  if found then
    insert into event (at, kind, firm_id, object_id, data)
      values (b.ends_at, 'usage.ready', b.firm_id, made.id,
              jsonb_strip_nulls(jsonb_build_object('booking', b.id, 'kind', made.kind, 'billable_s', made.billable_s,
                                                   'fee', made.fee, 'resold_s', made.resold_s)));
  end if;
end $$;
