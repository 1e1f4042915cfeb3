-- What does the table request hold?
--
-- grain   as in queries/schema.sql
-- params  none
select *
from request
order by all
