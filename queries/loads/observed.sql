-- Which metrics of which channels were observed, and when?
--
-- grain   one row per cell that was ever observed
-- params  none
select channel, metric, first_day, last_day, days
from cell_observed
order by channel, metric
