-- Which side is expected to own which concern of which kind of channel?
--
-- grain   one row per rule
-- params  none
-- order   all columns: as the rows lie in the file
select * exclude (known_from, known_to)
from policy
where known_to is null
