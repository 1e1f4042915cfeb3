-- What does the table event hold?
--
-- grain   as in queries/schema.sql
-- params  none
select *
from event
order by all
