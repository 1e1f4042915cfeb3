-- What was added up on each day in each channel by device and region?
--
-- grain   one row per day x channel x device x region
-- params  $first_day, $last_day (inclusive), $channels, $devices, $regions, $owners   (an empty list means all)
-- units   sums of measures; the catalogue divides
-- order   day, channel, device, region: as the rows lie in the file (a join would lose it). Names as enumerations: a whole
--         history of them is read in a tenth of the time that texts take
select *
from daily_by_channel
where day between $first_day and $last_day
  and (len($channels) = 0 or channel::varchar = any($channels))
  and (len($devices) = 0 or device::varchar = any($devices))
  and (len($regions) = 0 or region::varchar = any($regions))
  and (len($owners) = 0 or tag::varchar = any($owners))
