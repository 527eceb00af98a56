-- Parts of resources in their order.
-- role: api, meter, jobs
select resource_id, part_id from resource_part order by resource_id, ordinal;
