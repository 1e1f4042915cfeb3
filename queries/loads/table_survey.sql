-- What does the table survey hold?
--
-- grain   as in queries/schema.sql
-- params  none
select *
from survey
order by all
