-- Stores what a meter process has read and found, in one transaction: samples, spans of state, the machines' memories.
-- Loading again changes nothing: samples are known by (meter, seq, at), spans by (resource, ordinal), a span that has ended
-- is final, and a memory never goes back in time. Arrays of one group are of equal length; months without a partition
-- get one. Returns how many samples were new.
create function fn.ingest_samples(
  meters uuid[], seqs bigint[], ats timestamptz[], monos bigint[], halves bigint[], powers bigint[], energies bigint[],
  contacts bigint[], qualities bigint[],
  span_resources uuid[], span_ordinals bigint[], span_states text[], span_starts timestamptz[], span_ends timestamptz[],
  span_energies bigint[], span_qualities bigint[],
  state_resources uuid[], states text[], state_versions bigint[], observed timestamptz[])
returns bigint
language plpgsql volatile as $$
declare
  stored bigint;
begin
  perform fn.sample_partition(m.month) from (select distinct date_trunc('month', a, 'UTC') from unnest(ats) a) m (month);
  insert into sample (meter_id, seq, at, mono_us, half_us, power_mw, energy_mwh, contact, quality)
    select n.meter, n.seq, n.at, n.mono, n.half, n.power, n.energy, n.contact <> 0, n.quality
      from unnest(meters, seqs, ats, monos, halves, powers, energies, contacts, qualities)
        as n (meter, seq, at, mono, half, power, energy, contact, quality)
    on conflict do nothing;
  get diagnostics stored = row_count;

  insert into meter_progress as p (meter_id, last_seq, last_at)
    select distinct on (n.meter) n.meter, n.seq, n.at
      from unnest(meters, seqs, ats) as n (meter, seq, at)
      order by n.meter, n.seq desc
    on conflict (meter_id) do update set last_seq = excluded.last_seq, last_at = excluded.last_at
      where p.last_seq < excluded.last_seq;

  insert into span as s (resource_id, ordinal, state, started_at, ended_at, energy_mwh, quality)
    select n.resource, n.ordinal, n.state, n.started, n.ended, n.energy, n.quality
      from unnest(span_resources, span_ordinals, span_states, span_starts, span_ends, span_energies, span_qualities)
        as n (resource, ordinal, state, started, ended, energy, quality)
      order by n.resource, n.ordinal
    on conflict (resource_id, ordinal) do update
      set state = excluded.state, started_at = excluded.started_at, ended_at = excluded.ended_at,
          energy_mwh = excluded.energy_mwh, quality = excluded.quality
      where s.ended_at is null;

  insert into run_state as r (resource_id, state, version, observed_until)
    select n.resource, n.state::jsonb, n.version, n.observed
      from unnest(state_resources, states, state_versions, observed) as n (resource, state, version, observed)
    on conflict (resource_id) do update
      set state = excluded.state, version = excluded.version, observed_until = excluded.observed_until
      where r.observed_until is null or excluded.observed_until >= r.observed_until;
  return stored;
end $$;
