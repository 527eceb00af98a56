-- The run-state machines' memories, by resource.
-- role: meter
select resource_id, state, version, observed_until from run_state order by resource_id;
