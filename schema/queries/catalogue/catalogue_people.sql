-- People who are active, with their roles, by code.
-- role: api, meter, jobs
select id, firm_id, code, name, roles from person where is_active order by code;
