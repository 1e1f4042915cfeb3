-- Which values of region occur?
--
-- grain   one row per region
-- params  none
select region::varchar as region
from daily
where region is not null
group by 1
order by 1
