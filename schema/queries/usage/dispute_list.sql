-- Disputes, newest first. Columns of fn.dispute_reply without the first four, then `cursor`.
-- role: api
-- $1 bigint: most rows; $2 text: cursor of the last row seen, or null
-- Filters, null for any: $3 uuid: firm; $4 text: status
select s.usage, s.version, s.firm, s.resource, s.kind, s.service_day, s.status, s.reason, s.raised_by, s.raised_at, s.decision,
    s.decided_by, s.decided_at, s.billable_s, s.fee, s.was, fn.cursor_of(s.raised_at, s.usage::text) as cursor
  from (select * from usage_dispute k
          where ($3::uuid is null or k.firm_id = $3::uuid)
            and ($4::text is null or k.status = $4::text)
            and (k.raised_at, k.usage_id) < (fn.cursor_at($2::text, 'infinity'),
              fn.cursor_id($2::text, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
          order by k.raised_at desc, k.usage_id desc limit $1::bigint) d
    cross join lateral fn.dispute_show(d) s
  order by s.raised_at desc, s.usage desc;
