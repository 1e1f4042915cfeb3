-- Which values of campaign occur?
--
-- grain   one row per campaign
-- params  none
select campaign::varchar as campaign
from daily
where campaign is not null
group by 1
order by 1
