-- What does the table tool hold?
--
-- grain   as in queries/schema.sql
-- params  none
select *
from tool
order by all
