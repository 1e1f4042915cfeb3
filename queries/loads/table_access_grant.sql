-- What does the table access_grant hold?
--
-- grain   as in queries/schema.sql, what is believed now
-- params  none
-- order   all columns: as the rows lie in the file
select * exclude (known_from, known_to)
from access_grant
where known_to is null
