-- The last sample stored of each meter.
-- role: meter
select meter_id, last_seq, last_at from meter_progress order by meter_id;
