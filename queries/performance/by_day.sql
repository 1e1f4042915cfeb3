-- What was added up on each day in each channel, over all devices and regions?
--
-- grain   one row per day x channel, in this order; names as enumerations
-- params  $first_day, $last_day (inclusive), $kinds, $channels, $owners   (an empty list means all)
-- units   sums of measures; the catalogue divides
select facts.*
from daily_by_day as facts
join channel on channel.channel = facts.channel::varchar
where day between $first_day and $last_day
  and (len($kinds) = 0 or channel.kind = any($kinds))
  and (len($channels) = 0 or facts.channel::varchar = any($channels))
  and (len($owners) = 0 or facts.tag::varchar = any($owners))
order by day, facts.channel
