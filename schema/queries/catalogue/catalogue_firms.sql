-- Firms by code.
-- role: api, meter, jobs
select id, code, name, registration_number, is_blocked from firm order by code;
