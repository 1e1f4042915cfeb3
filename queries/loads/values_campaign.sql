-- Which values of campaign do the exports hold?
--
-- grain   one row per campaign
-- params  none
with known as (
    select unnest(enum_range(null::campaign_id))::varchar as campaign
)

select campaign
from known
where campaign <> '(none)'
order by campaign
