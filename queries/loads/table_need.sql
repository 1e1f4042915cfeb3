-- What does the table need hold?
--
-- grain   as in queries/schema.sql
-- params  none
select *
from need
order by all
