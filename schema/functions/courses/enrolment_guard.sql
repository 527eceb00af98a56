-- Locks the cohort of an enrolment and says why its list can't change any more: fn.cohort_lock's refusals, or in_the_past
-- (limit: when the first meeting began). Null when it can.
create function fn.enrolment_guard(cohort uuid, at timestamptz) returns fn.enrolment_reply
language plpgsql volatile as $$
declare
  refusal fn.cohort_reply;
  begins timestamptz;
begin
  select (l.refusal).* into refusal from fn.cohort_lock(cohort, null) l;
  select min(lower(m.during)) into begins from cohort_meeting m where m.cohort_id = enrolment_guard.cohort;
  return case when refusal.outcome is not null then fn.enrolment_refuse(refusal.outcome, refusal.pointer, null, refusal.actual_value)
              when begins <= enrolment_guard.at
              then fn.enrolment_refuse('in_the_past', null, fn.instant_text(begins), fn.instant_text(enrolment_guard.at)) end;
end $$;
