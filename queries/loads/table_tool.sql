-- What does the table tool hold?
--
-- grain   as in queries/schema.sql
-- params  none
-- order   all columns: as the rows lie in the file
select *
from tool
