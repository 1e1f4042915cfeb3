-- What was added up in each channel by device and region, in a period and in the one before?
--
-- grain   one row per period (now, before) x channel x tag x device x region
-- params  $first_day, $last_day, $before_first, $before_last (inclusive), $channels, $devices, $regions, $owners
--         (an empty list means all)
-- units   sums of measures; the catalogue divides
with added_up as (
    select
        case when day between $first_day and $last_day then 'now' else 'before' end as period,
        channel,
        tag,
        device,
        region,
        sum(impressions) as impressions, sum(clicks) as clicks, sum(spend) as spend, sum(sends) as sends,
        sum(deliveries) as deliveries, sum(opens) as opens, sum(unsubscribes) as unsubscribes,
        sum(sessions) as sessions, sum(engaged_sessions) as engaged_sessions,
        sum(page_views) as page_views, sum(leads) as leads, sum(conversions) as conversions,
        sum(revenue) as revenue, sum(installs) as installs, sum(uninstalls) as uninstalls,
        sum(app_sessions) as app_sessions, sum(crashed_sessions) as crashed_sessions,
        sum(frozen_sessions) as frozen_sessions, sum(requests) as requests, sum(errors) as errors,
        sum(response_ms) as response_ms, sum(minutes_expected) as minutes_expected,
        sum(minutes_up) as minutes_up, sum(page_loads) as page_loads, sum(lcp_good) as lcp_good,
        sum(lcp_poor) as lcp_poor, sum(inp_good) as inp_good, sum(inp_poor) as inp_poor,
        sum(cls_good) as cls_good, sum(cls_poor) as cls_poor,
        sum(slow_network_loads) as slow_network_loads, sum(rating_sum) as rating_sum,
        sum(ratings) as ratings
    from daily_by_channel
    where (day between $first_day and $last_day or day between $before_first and $before_last)
      and (len($channels) = 0 or channel::varchar = any($channels))
      and (len($devices) = 0 or device::varchar = any($devices))
      and (len($regions) = 0 or region::varchar = any($regions))
      and (len($owners) = 0 or tag::varchar = any($owners))
    group by all
)

select
    added_up.* replace (added_up.channel::varchar as channel, added_up.tag::varchar as tag, added_up.device::varchar as device, added_up.region::varchar as region)
from added_up
order by period, 2, 3, 4, 5
