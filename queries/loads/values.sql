-- Which devices and regions do the exports hold?
--
-- grain   one row per part (device, region) and value, in order
-- params  none
with known as (
    select 'device' as part, unnest(enum_range(null::device_id))::varchar as value
    union all
    select 'region' as part, unnest(enum_range(null::region_id))::varchar as value
)

select part, value
from known
where value <> '(none)'
order by part, value
