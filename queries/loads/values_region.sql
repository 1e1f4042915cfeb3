-- Which values of region do the exports hold?
--
-- grain   one row per region
-- params  none
with known as (
    select unnest(enum_range(null::region_id))::varchar as region
)

select region
from known
where region <> '(none)'
order by region
