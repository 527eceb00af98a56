-- Applies a whole site file. One row: outcome 'ok', then the counts; or a row for each fault, and nothing is stored.
-- The document's shape: functions/site/site_apply.sql. Needs scope '*'.
-- role: api
-- $1 jsonb: the document; $2 timestamptz: now
select * from fn.site_apply($1::jsonb, $2::timestamptz);
