-- What does the table org hold?
--
-- grain   as in queries/schema.sql
-- params  none
select *
from org
order by all
