-- What does the table target hold?
--
-- grain   as in queries/schema.sql
-- params  none
select *
from target
order by all
