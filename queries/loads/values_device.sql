-- Which values of device do the exports hold?
--
-- grain   one row per device
-- params  none
with known as (
    select unnest(enum_range(null::device_id))::varchar as device
)

select device
from known
where device <> '(none)'
order by device
