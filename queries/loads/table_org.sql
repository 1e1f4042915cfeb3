-- What does the table org hold?
--
-- grain   as in queries/schema.sql, what is believed now
-- params  none
-- order   all columns: as the rows lie in the file
select * exclude (known_from, known_to)
from org
where known_to is null
