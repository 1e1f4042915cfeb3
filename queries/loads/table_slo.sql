-- What does the table slo hold?
--
-- grain   as in queries/schema.sql
-- params  none
select *
from slo
order by all
