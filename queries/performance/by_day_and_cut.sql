-- What was added up on each day in each channel by device and region?
--
-- grain   one row per day x channel x device x region, in this order; names as enumerations (a whole history of them
--         is read in a tenth of the time that texts take)
-- params  $first_day, $last_day (inclusive), $kinds, $channels, $devices, $regions, $owners   (an empty list means all)
-- units   sums of measures; the catalogue divides
select *
from daily_by_channel
where day between $first_day and $last_day
  and channel::varchar in (select channel from channel where len($kinds) = 0 or kind = any($kinds))
  and (len($channels) = 0 or channel::varchar = any($channels))
  and (len($devices) = 0 or device::varchar = any($devices))
  and (len($regions) = 0 or region::varchar = any($regions))
  and (len($owners) = 0 or tag::varchar = any($owners))
order by day, channel, device, region
