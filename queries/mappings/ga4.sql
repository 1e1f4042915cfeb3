-- How many sessions, conversions and how much revenue did each channel group bring, day by day?
--
-- tool      ga4
-- name      Google Analytics 4 report (CSV, with the Date dimension)
-- fills     daily
-- needs     date, session_default_channel_group|session_primary_channel_group_default_channel_group|session_primary_channel_group|first_user_default_channel_group|default_channel_group, sessions
-- may       device_category, region|country, engaged_sessions, views, key_events|conversions, total_revenue|purchase_revenue, session_campaign|campaign
-- declares  channel
--
-- channel   the group's name as an id; Paid Shopping -> shopping, Paid Video -> video, Mobile Push Notifications -> push;
--           Unassigned, (other) and (not set) are volume without a channel: kept as "unassigned"
-- aside     the grand total (a row without a date)
with named as (
    select
        *,
        trim(coalesce(session_default_channel_group, '')) as channel_group,
        coalesce(trim(date), '') = '' or lower(trim(date)) like '%total%' as is_total
    from raw
),

placed as (
    select
        *,
        case
            when lower(channel_group) in ('unassigned', '(other)', '(not set)', '') then 'unassigned'
            when lower(channel_group) = 'paid shopping' then 'shopping'
            when lower(channel_group) = 'paid video' then 'video'
            when lower(channel_group) = 'mobile push notifications' then 'push'
            else id_of(channel_group)
        end as channel_of_group
    from named
)

select
    _line,
    is_total as _aside,
    case when is_total then 'Grand total' end as _total,
    regexp_extract($preamble, '(?i)property:?,?\s*([^\n,]+)', 1) as _account,
    case
        when channel_of_group = 'push' then 'mobile'
        when channel_of_group in ('direct', 'referral', 'unassigned', 'ai_assistants')
            or starts_with(channel_of_group, 'organic') then 'web'
        else 'campaign'
    end as _kind,
    case when channel_of_group like '%search' and starts_with(channel_of_group, 'organic') then 'organic search'
         else replace(channel_of_group, '_', ' ') end as _family,
    case when channel_of_group = 'unassigned' then 'Unassigned' else channel_group end as _name,
    case when regexp_matches(trim(date), '^\d{8}$') then substr(trim(date), 1, 4) || '-' || substr(trim(date), 5, 2) || '-' || substr(trim(date), 7, 2)
         else trim(date) end as day,
    channel_of_group as channel,
    session_campaign as campaign,
    lower(trim(device_category)) as device,
    case when lower(trim(region)) not in ('', '(not set)') then trim(region) end as region,
    number_of(sessions) as sessions,
    number_of(engaged_sessions) as engaged_sessions,
    number_of(views) as page_views,
    number_of(key_events) as conversions,
    number_of(total_revenue) as revenue
from placed
order by _line
