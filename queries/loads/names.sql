-- By which names can channels, campaigns, devices and regions be asked for?
--
-- grain   one row per part (channel, campaign, device, region) and name
-- params  none
with known as (
    select 'channel' as part, unnest(enum_range(null::channel_id))::varchar as name
    union all
    select 'campaign', unnest(enum_range(null::campaign_id))::varchar
    union all
    select 'device', unnest(enum_range(null::device_id))::varchar
    union all
    select 'region', unnest(enum_range(null::region_id))::varchar
)

select
    part,
    name
from known
where name <> '(none)'
order by part, name
