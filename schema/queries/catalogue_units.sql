-- Units, by resource.
-- role: api, meter, jobs
select id, resource_id, ordinal from unit order by resource_id, ordinal;
