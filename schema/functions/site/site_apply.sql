-- Applies a whole site file in one transaction: rows are inserted or changed by their codes; the same file again
-- changes nothing. One row: 'ok' with the counts. Or one row for each fault, and nothing is stored.
--
-- The document is one object. Members are named after the columns; * is necessary; dates are "2026-01-31";
-- `valid_to` is the first day after, and without one a dated row holds until the next one of its kind begins.
--
--   notes                text or list of texts, for people
--   site*                code* name* zone* (IANA) currency(KRW) fiscal_start_month(1) registration_number address
--                        truncate_to(1) tax_rate_num(10) tax_rate_den(100) tax_base(full_fee) tax_rounding(floor)
--                        holiday_calendar (kr; absent: no holidays) strike_count strike_window_s strike_ban_s (all or none)
--                        unpaid_grace_s (absent: unpaid invoices keep nobody from booking) offer_expiry_s(7200)
--                        review_s(604800)
--   resources[]          code* kind* name* name_en capacity(1) is_active(true) charge_basis(used) tolerance_s(600)
--                        bills_unobserved(false) parts[] (codes of what is taken along; capacity may then be 0)
--   openings[]           resource (absent: of the site) weekday* (1 = Monday) opens* closes* ("09:00"; up to "48:00"
--                        for an end on the next day) valid_from valid_to
--   special_days[]       resource (absent: of the site) day* reason* opens closes (as of openings; without both: closed
--                        that day). Hours of one day, instead of weekly hours and holidays
--   booking_rules[]      resource* valid_from valid_to min_s(0) max_s grid_s(60) notice_s(0) horizon_s(7776000)
--                        pad_before_s(0) pad_after_s(0) waives_pads(false) gap_s(0) lock_s(0)
--                        needs_qualification(false) unused_limit_s never_used_limit_s reminder_s
--                        cancel_free_s(0) cancel_fee(0) cancel_share_num(0) cancel_share_den(100) credits_resale(true)
--                        check_in_s no_show_s no_show_fee(0) no_show_share_num(0) no_show_share_den(100)
--                        approvals[] (technician, finance, approver, admin; in their order) approval_expiry_s(172800)
--                        regions[] industries[] (or their beginnings) head_count_max groups[] (which firms may book)
--                        holiday_groups[] (whose firms may use it on holidays) configurations[] takes_waitlist(true)
--   quotas[]             code* valid_from valid_to holder* (person, firm, group, all) group resource kind period* (day,
--                        week, month, year, ahead) weekdays[] (1 = Monday) off_from off_to ("22:00": local time of day
--                        that does not count) most_count most_s (one of the two)
--   tariffs[]            resource* valid_from* valid_to time_unit_s* price_num* price_den(1) rounding* (exact, minute,
--                        block) block_s setup_fee(0) minimum_fee(0) tax_kind(taxable) charges_unused(false)
--   firms[]              code* name* registration_number is_blocked(false)
--   firm_facts[]         firm* valid_from* valid_to region* industry* head_count*
--   firm_groups[]        firm* group* valid_from valid_to
--   people[]             code* name* firm (absent: of the lab) roles[]* is_active(true)
--   qualifications[]     person* resource* valid_from* valid_to (instants)
--   funders[]            code* name*
--   programmes[]         code* name* valid_from* valid_to priority(1) rate_num* rate_den* firm_year_cap matching(loose)
--                        draws_partially(true) regions[] industries[] head_count_max hold_expiry_s(7200)
--   programme_funders[]  programme* funder* weight*            (the funders' order is the file's)
--   budgets[]            programme* funder* fiscal_year* amount*   (all that was granted, not what is left)
--   profiles[]           code* doc*                            (beyond those that the program brings along)
--   meters[]             code* resource* profile* host* port* modbus_unit* poll_ms* timeout_ms(500) rated_w is_active(true)
--   run_rules[]          resource* basis* (contact, power, both) on_w off_w standby_w contact_on_ms contact_off_ms
--                        hold_ms gap_ms confirm_count
--   courses[]            code* name* room* seats* attendance_num(1) attendance_den(1) is_active(true)
--                        grants[] (resource* validity_s: who passes may use it by themselves)
--
-- Openings and special days are replaced as a whole, booking rules by resource, groups by firm; of everything else
-- what the file does not name stays. Faults: unknown_reference, duplicate, conflict, end_not_after_start, unknown_value, bad_format,
-- too_small, too_large, missing_field, unknown_field, budget_exhausted.
--
-- Runs as the owner, for a caller who sees everything: nobody else writes the catalogue.
create function fn.site_apply(doc jsonb, at timestamptz)
returns table (outcome text, pointer text, limit_value text, actual_value text,
               site_id uuid, created bigint, changed bigint, removed bigint, unchanged bigint,
               catalogue_version bigint)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  section text;
  step fn.put_count;
  given bigint;
begin
  if not scope_sees(null) then
    raise insufficient_privilege using message = 'a site file needs the scope of the whole lab';
  end if;
  perform from catalogue for update; -- one site file at a time

  return query
    select f.outcome, f.pointer, f.limit_value, f.actual_value, null::uuid, null::bigint, null::bigint, null::bigint,
        null::bigint, null::bigint
      from fn.site_faults(doc) f order by f.pointer, f.outcome;
  if found then
    return;
  end if;

  created := 0;
  changed := 0;
  removed := 0;
  unchanged := 0;
  foreach section in array array['site', 'resources', 'units', 'resource_parts', 'openings', 'special_days', 'booking_rules',
    'tariffs', 'firms', 'firm_facts', 'firm_groups', 'people', 'qualifications', 'funders', 'programmes', 'programme_funders', 'budgets',
    'grants', 'profiles', 'meters', 'run_rules', 'quotas', 'courses', 'course_grants']
  loop
    execute format('select * from fn.%I($1, $2)', 'site_put_' || section) into step using doc, site_apply.at;
    select count(*) into given from fn.doc_rows(doc, section);
    created := created + step.created;
    changed := changed + step.changed;
    removed := removed + step.removed;
    unchanged := unchanged + greatest(0, given - step.created - step.changed);
  end loop;

  outcome := 'ok';
  select s.id into site_id from site s where s.code = doc #>> '{site,code}';
  select c.version into catalogue_version from catalogue c;
  return next;
end $$;
