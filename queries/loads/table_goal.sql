-- What does the table goal hold?
--
-- grain   as in queries/schema.sql
-- params  none
select *
from goal
order by all
