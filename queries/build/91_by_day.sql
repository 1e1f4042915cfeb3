-- The facts by day and channel alone: what pages read while nobody filters by device or region.
--
-- grain   one row per day x channel
create table daily_by_day as
select
    day, channel, any_value(tag) as tag,
    sum(impressions) as impressions, sum(clicks) as clicks, sum(spend) as spend, sum(sends) as sends,
    sum(deliveries) as deliveries, sum(opens) as opens, sum(unsubscribes) as unsubscribes,
    sum(sessions) as sessions, sum(engaged_sessions) as engaged_sessions, sum(page_views) as page_views,
    sum(leads) as leads, sum(conversions) as conversions, sum(revenue) as revenue, sum(installs) as installs,
    sum(uninstalls) as uninstalls, sum(app_sessions) as app_sessions, sum(crashed_sessions) as crashed_sessions,
    sum(frozen_sessions) as frozen_sessions, sum(requests) as requests, sum(errors) as errors,
    sum(response_ms) as response_ms, sum(minutes_expected) as minutes_expected, sum(minutes_up) as minutes_up,
    sum(page_loads) as page_loads, sum(lcp_good) as lcp_good, sum(lcp_poor) as lcp_poor,
    sum(inp_good) as inp_good, sum(inp_poor) as inp_poor, sum(cls_good) as cls_good, sum(cls_poor) as cls_poor,
    sum(slow_network_loads) as slow_network_loads, sum(rating_sum) as rating_sum, sum(ratings) as ratings
from daily_by_channel
group by day, channel
order by day, channel
