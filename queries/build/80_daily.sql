-- The facts: one source for each channel, day and measure, tagged by the owner of that day.
--
-- grain   one row per day x channel x campaign x device x region
-- reads   ledger_daily, channel_alias, channel_tag_day
-- params  $first_day, $last_day (inclusive): the build goes month by month, so that the file lies sorted by month
--         without a sort of all rows, which costs more than the sums do
insert into daily
select
    facts.day,
    alias.channel::channel_id,
    facts.campaign::campaign_id,
    facts.device::device_id,
    facts.region::region_id,
    coalesce(any_value(owned.tag), 'Unowned'),
    sum(impressions), sum(clicks), sum(spend), sum(sends), sum(deliveries), sum(opens), sum(unsubscribes),
    sum(sessions), sum(engaged_sessions), sum(page_views), sum(leads), sum(conversions), sum(revenue),
    sum(installs), sum(uninstalls), sum(app_sessions), sum(crashed_sessions), sum(frozen_sessions),
    sum(requests), sum(errors), sum(response_ms), sum(minutes_expected), sum(minutes_up), sum(page_loads),
    sum(lcp_good), sum(lcp_poor), sum(inp_good), sum(inp_poor), sum(cls_good), sum(cls_poor),
    sum(slow_network_loads), sum(rating_sum), sum(ratings)
from ledger_daily as facts
join channel_alias as alias on alias.alias = facts.channel
left join channel_tag_day as owned on owned.channel = alias.channel and owned.day = facts.day
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
