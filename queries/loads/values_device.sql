-- Which values of device occur?
--
-- grain   one row per device
-- params  none
select device::varchar as device
from daily
where device is not null
group by 1
order by 1
