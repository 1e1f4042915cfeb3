-- Which exports came in, and what became of their rows?
--
-- grain   one row per load, newest first
-- params  none
select load, file, tool, sha256, first_day, last_day, rows_read, rows_taken, rows_refused, rows_set_aside, loaded_at, notes
from load
order by load desc
