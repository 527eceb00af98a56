-- Says whose data the transaction sees: the first query of every request.
-- role: api
-- $1 text: '*' for everybody's, a firm's id for its own, '' for none
select set_config('labtab.firm', $1::text, true) as scope;
