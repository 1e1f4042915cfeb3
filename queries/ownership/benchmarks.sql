-- What did a channel, its family's other channels, and the channel itself in the period before add up to?
--
-- grain   one row per window (channel, from its first day on), whose sums they are (who, of_channel), device and region
-- params  $channels and $starts (two lists of the same length: the windows), $last_day (inclusive)
-- rules   days with an incident of the channel that the sums are of are left out. `before` is as many days as the window,
--         right before it
-- units   sums of measures; who is own, peers or before
with looked_at as (
    select unnest($channels::varchar[]) as channel, unnest($starts::date[]) as starts
),

days as (
    select looked_at.channel, looked_at.starts, 'own' as who, looked_at.channel as of_channel, looked_at.starts as first_day, $last_day::date as last_day
    from looked_at
    union all
    select looked_at.channel, looked_at.starts, 'peers', peer.channel, looked_at.starts, $last_day::date
    from looked_at
    join channel as own on own.channel = looked_at.channel
    join channel as peer on peer.family = own.family and peer.kind = own.kind and peer.channel <> own.channel
    union all
    select
        looked_at.channel, looked_at.starts, 'before', looked_at.channel,
        looked_at.starts - (date_diff('day', looked_at.starts, $last_day::date) + 1)::int, looked_at.starts - 1
    from looked_at
),

-- many channels have the same peers over the same days: each such sum is made once
spans as (
    select distinct of_channel, first_day, last_day from days
),

broken as (
    select distinct channel, unnest(range(started_at::date, coalesce(resolved_at, $last_day::timestamp)::date + 1, interval 1 day))::date as day
    from incident
    where started_at::date <= $last_day::date
),

added_up as (
    select
        spans.of_channel,
        spans.first_day,
        spans.last_day,
        facts.device::varchar as device,
        facts.region::varchar as region,
        sum(facts.impressions) as impressions,
        sum(facts.clicks) as clicks,
        sum(facts.sends) as sends,
        sum(facts.deliveries) as deliveries,
        sum(facts.opens) as opens,
        sum(facts.sessions) as sessions,
        sum(facts.conversions) as conversions,
        sum(facts.revenue) as revenue
    from spans
    join daily_by_channel as facts on facts.channel = spans.of_channel::channel_id and facts.day between spans.first_day and spans.last_day
    anti join broken on broken.channel = spans.of_channel and broken.day = facts.day
    where facts.day between (select min(first_day) from spans) and $last_day
    group by spans.of_channel, spans.first_day, spans.last_day, facts.device, facts.region
)

select
    days.channel,
    days.starts,
    days.who,
    days.of_channel,
    added_up.* exclude (of_channel, first_day, last_day)
from days
join added_up using (of_channel, first_day, last_day)
order by all
