-- How fresh is each source?
--
-- grain   one row per source (tool) x channel
-- params  none
-- units   days between the newest day of a source and the newest day of all
-- order   source, channel: as the rows lie in the file
select source, channel, last_day, loaded_at, age_days, max_lag_days
from freshness
