-- Which metrics of which channels were observed, and when?
--
-- grain   one row per cell that was ever observed
-- params  none
-- order   channel, metric: as the rows lie in the file
select channel, metric, first_day, last_day, days
from cell_observed
