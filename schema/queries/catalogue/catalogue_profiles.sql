-- Register maps of meters, by code.
-- role: api, meter, jobs
select code, doc from profile order by code;
