-- Which rows were refused, and why?
--
-- grain   one row per refused row
-- params  none
select load, file, line, "column", value, reason, whole_row
from rejected_row
order by load, line
