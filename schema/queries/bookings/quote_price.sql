-- What a quote promises: the price and its explanation. Always one row; nulls: there is no such quote in scope.
-- role: api
-- $1 uuid: quote
select q.price as fee, q.explain -> 'price' as price
  from (select $1::uuid as id) wanted left join quote q on q.id = wanted.id;
