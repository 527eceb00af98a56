-- Usage, newest service day first. Columns as usage_get, then `cursor`. Three branches, of which one runs: of a firm, of a
-- resource, of all.
-- role: api
-- $1 bigint: most rows; $2 text: cursor of the last row seen, or null
-- Filters, null for any: $3 uuid: resource; $4 uuid: firm (a firm's own people always give it); $5 uuid: session
-- $6 text: status; $7, $8 date: service day from and until
select u.id, u.version, u.session_id as session, u.booking_id as booking, f.code as firm, r.code as resource,
    lower(u.reserved) as reserved_start, upper(u.reserved) as reserved_end, lower(u.logged) as logged_start,
    upper(u.logged) as logged_end, u.metered_from as metered_start, u.metered_to as metered_end, u.metered_s,
    u.unobserved_s, div(u.energy_mwh + 500, 1000)::bigint as energy_wh, u.charge_basis, u.billable_s,
    fn.quality_names(u.quality) as quality, u.status, u.held_reason, u.service_day,
    u.kind, u.fee, b.fee as agreed_fee, u.resold_s, d.status as dispute,
    fn.review_until(u.resource_id, u.made_at) as review_until,
    fn.cursor_of(u.service_day::timestamp at time zone 'UTC', u.id::text) as cursor
  from (
    (select * from usage
      where $4::uuid is not null and firm_id = $4::uuid
        and ($3::uuid is null or resource_id = $3::uuid)
        and ($5::uuid is null or session_id = $5::uuid)
        and ($6::text is null or status = $6::text)
        and service_day >= case when $7::date is null then '-infinity' else $7::date end
        and service_day <= case when $8::date is null then 'infinity' else $8::date end
        and (service_day, id) < ((fn.cursor_at($2::text, 'infinity') at time zone 'UTC')::date,
          fn.cursor_id($2::text, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
      order by service_day desc, id desc limit $1::bigint)
    union all
    (select * from usage
      where $4::uuid is null and $3::uuid is not null and resource_id = $3::uuid
        and ($5::uuid is null or session_id = $5::uuid)
        and ($6::text is null or status = $6::text)
        and service_day >= case when $7::date is null then '-infinity' else $7::date end
        and service_day <= case when $8::date is null then 'infinity' else $8::date end
        and (service_day, id) < ((fn.cursor_at($2::text, 'infinity') at time zone 'UTC')::date,
          fn.cursor_id($2::text, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
      order by service_day desc, id desc limit $1::bigint)
    union all
    (select * from usage
      where $4::uuid is null and $3::uuid is null
        and ($5::uuid is null or session_id = $5::uuid)
        and ($6::text is null or status = $6::text)
        and service_day >= case when $7::date is null then '-infinity' else $7::date end
        and service_day <= case when $8::date is null then 'infinity' else $8::date end
        and (service_day, id) < ((fn.cursor_at($2::text, 'infinity') at time zone 'UTC')::date,
          fn.cursor_id($2::text, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
      order by service_day desc, id desc limit $1::bigint)
  ) u
    join firm f on f.id = u.firm_id
    join resource r on r.id = u.resource_id
    left join booking b on b.id = u.booking_id and u.kind <> 'use'
    left join usage_dispute d on d.usage_id = u.id
  order by u.service_day desc, u.id desc
  limit $1::bigint;
