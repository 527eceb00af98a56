-- Makes the partition of samples for the month (UTC) of `at`, unless it is there. True when it was made.
-- It is attached, not created in place: that would lock out readers and writers. Runs as the owner.
create function fn.sample_partition(at timestamptz) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  month timestamp := date_trunc('month', at at time zone 'UTC');
  name text := 'sample_' || to_char(month, 'YYYYMM');
begin
  if to_regclass('public.' || name) is not null then
    return false;
  end if;
  perform pg_advisory_xact_lock(7100000003);
  if to_regclass('public.' || name) is not null then
    return false;
  end if;
  execute format('create table public.%I (like public.sample including defaults including constraints)', name);
  execute format('alter table public.sample attach partition public.%I for values from (%L) to (%L)', name,
                 month at time zone 'UTC', (month + interval '1 month') at time zone 'UTC');
  execute format('create trigger no_truncate before truncate on public.%I execute function refuse_change()', name);
  return true;
end $$;
