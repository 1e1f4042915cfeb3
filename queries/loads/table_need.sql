-- What does the table need hold?
--
-- grain   as in queries/schema.sql, what is believed now
-- params  none
select * exclude (known_from, known_to)
from need
where known_to is null
order by all
