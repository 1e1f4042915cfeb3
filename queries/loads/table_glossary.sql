-- What does the table glossary hold?
--
-- grain   as in queries/schema.sql
-- params  none
select *
from glossary
order by all
