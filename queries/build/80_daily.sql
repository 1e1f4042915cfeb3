-- The facts: one source for each channel, day and measure, tagged by the owner of that day.
--
-- grain   one row per day x channel x campaign x device x region
-- reads   ledger_daily, channel_alias, channel_tag_day
-- params  $first_day, $last_day (inclusive): the build goes month by month, so that the file lies sorted by month
--         without a sort of all rows, which costs more than the sums do
insert into daily
with added_up as (
    select
        facts.day, alias.channel, facts.campaign, facts.device, facts.region,
        sum(facts.impressions) as impressions, sum(facts.clicks) as clicks, sum(facts.spend) as spend,
        sum(facts.sends) as sends, sum(facts.deliveries) as deliveries, sum(facts.opens) as opens,
        sum(facts.unsubscribes) as unsubscribes, sum(facts.sessions) as sessions,
        sum(facts.engaged_sessions) as engaged_sessions, sum(facts.page_views) as page_views, sum(facts.leads) as leads,
        sum(facts.conversions) as conversions, sum(facts.revenue) as revenue, sum(facts.installs) as installs,
        sum(facts.uninstalls) as uninstalls, sum(facts.app_sessions) as app_sessions,
        sum(facts.crashed_sessions) as crashed_sessions, sum(facts.frozen_sessions) as frozen_sessions,
        sum(facts.requests) as requests, sum(facts.errors) as errors, sum(facts.response_ms) as response_ms,
        sum(facts.minutes_expected) as minutes_expected, sum(facts.minutes_up) as minutes_up,
        sum(facts.page_loads) as page_loads, sum(facts.lcp_good) as lcp_good, sum(facts.lcp_poor) as lcp_poor,
        sum(facts.inp_good) as inp_good, sum(facts.inp_poor) as inp_poor, sum(facts.cls_good) as cls_good,
        sum(facts.cls_poor) as cls_poor, sum(facts.slow_network_loads) as slow_network_loads,
        sum(facts.rating_sum) as rating_sum, sum(facts.ratings) as ratings
    from ledger_daily as facts
    join channel_alias as alias on alias.alias = facts.channel
    where facts.day between $first_day and $last_day
      and coalesce(
        facts.impressions, facts.clicks, facts.spend, facts.sends, facts.deliveries, facts.opens, facts.unsubscribes,
        facts.sessions, facts.engaged_sessions, facts.page_views, facts.leads, facts.conversions, facts.revenue,
        facts.installs, facts.uninstalls, facts.app_sessions, facts.crashed_sessions, facts.frozen_sessions,
        facts.requests, facts.errors, facts.response_ms, facts.minutes_expected, facts.minutes_up, facts.page_loads,
        facts.lcp_good, facts.lcp_poor, facts.inp_good, facts.inp_poor, facts.cls_good, facts.cls_poor,
        facts.slow_network_loads, facts.rating_sum, facts.ratings
    ) is not null
    group by facts.day, alias.channel, facts.campaign, facts.device, facts.region
)

select
    added_up.day, added_up.channel::channel_id, added_up.campaign::campaign_id, added_up.device::device_id,
    added_up.region::region_id, coalesce(owned.tag, 'Unowned'),
    added_up.impressions, added_up.clicks, added_up.spend, added_up.sends, added_up.deliveries, added_up.opens,
    added_up.unsubscribes, added_up.sessions, added_up.engaged_sessions, added_up.page_views, added_up.leads,
    added_up.conversions, added_up.revenue, added_up.installs, added_up.uninstalls, added_up.app_sessions,
    added_up.crashed_sessions, added_up.frozen_sessions, added_up.requests, added_up.errors, added_up.response_ms,
    added_up.minutes_expected, added_up.minutes_up, added_up.page_loads, added_up.lcp_good, added_up.lcp_poor,
    added_up.inp_good, added_up.inp_poor, added_up.cls_good, added_up.cls_poor, added_up.slow_network_loads,
    added_up.rating_sum, added_up.ratings
from added_up
left join channel_tag_day as owned on owned.channel = added_up.channel and owned.day = added_up.day
