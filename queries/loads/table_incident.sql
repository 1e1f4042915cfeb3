-- What does the table incident hold?
--
-- grain   as in queries/schema.sql
-- params  none
select *
from incident
order by all
