-- What does the table glossary hold?
--
-- grain   as in queries/schema.sql, what is believed now
-- params  none
select * exclude (known_from, known_to)
from glossary
where known_to is null
order by all
