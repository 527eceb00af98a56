-- A dispute as replies show it, with the usage that it is of as it is now.
create function fn.dispute_show(d usage_dispute) returns fn.dispute_reply
language sql stable
return (select row('ok', null, null, null, u.id, u.version, f.code, r.code, u.kind, u.service_day, d.status, d.reason, d.raised_by,
                   d.raised_at, d.decision, d.decided_by, d.decided_at, u.billable_s, u.fee, d.was)::fn.dispute_reply
        from usage u
          join firm f on f.id = u.firm_id
          join resource r on r.id = u.resource_id
        where u.id = d.usage_id);
