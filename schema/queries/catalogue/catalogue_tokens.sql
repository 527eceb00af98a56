-- Tokens in force or still to expire, of active people.
-- role: api, meter, jobs
select t.hash, t.person_id, t.expires_at
  from token t join person p on p.id = t.person_id
  where t.revoked_at is null and p.is_active
  order by t.hash;
