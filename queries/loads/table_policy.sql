-- Which side is expected to own which concern of which kind of channel?
--
-- grain   one row per rule
-- params  none
select *
from policy
order by all
