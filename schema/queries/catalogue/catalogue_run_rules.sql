-- How run states follow from meters, by resource.
-- role: api, meter, jobs
select resource_id, basis, on_w, off_w, standby_w, contact_on_ms, contact_off_ms, hold_ms, gap_ms, confirm_count
  from run_rule order by resource_id;
