-- What was added up on each day in each channel, over all devices and regions?
--
-- grain   one row per day x channel
-- params  $first_day, $last_day (inclusive), $channels, $owners   (an empty list means all)
-- units   sums of measures; the catalogue divides
-- order   day, channel: as the rows lie in the file. Names as enumerations
select *
from daily_by_day
where day between $first_day and $last_day
  and (len($channels) = 0 or channel::varchar = any($channels))
  and (len($owners) = 0 or tag::varchar = any($owners))
