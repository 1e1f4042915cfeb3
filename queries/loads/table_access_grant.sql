-- What does the table access_grant hold?
--
-- grain   as in queries/schema.sql
-- params  none
select *
from access_grant
order by all
