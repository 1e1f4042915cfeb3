-- How much money went through each channel on each day?
--
-- grain   one row per channel x day on which spend or revenue was observed
-- params  $first_day, $last_day (inclusive)
-- units   spend and revenue in the reporting currency; null = not observed
-- order   day, channel: as the rows lie in the file
select channel::varchar as channel, day, spend, revenue
from daily_by_day
where day between $first_day and $last_day
  and (spend is not null or revenue is not null)
