-- What does the table channel hold?
--
-- grain   as in queries/schema.sql
-- params  none
select *
from channel
order by all
