-- One measure, one ledger: which load holds each channel, day and measure?
--
-- 1. a later export of the same tool and account replaces the channels and days that it covers
-- 2. of several tools, the first by queries/sources.toml
insert into covered
select
    seen.load,
    load.tool,
    load.account,
    alias.channel,
    seen.day,
    seen.measure,
    seen.total,
    false
from landed_covered as seen
join load using (load)
join channel_alias as alias on alias.alias = seen.channel;

create temp table chosen as
with newest as (
    select *, max(load) over (partition by tool, account, channel, day, measure) as newest_load
    from covered
),

ranked as (
    select
        newest.*,
        dense_rank() over (
            partition by newest.channel, newest.day, newest.measure
            order by coalesce(source_rank.rank, 99), newest.tool
        ) as place
    from newest
    left join source_rank on source_rank.tool = newest.tool and source_rank.measure = newest.measure
    where newest.load = newest.newest_load
)

select load, channel, day, measure from ranked where place = 1;

update covered set in_ledger = true
from chosen
where chosen.load = covered.load and chosen.channel = covered.channel
  and chosen.day = covered.day and chosen.measure = covered.measure;

create temp table lost as
select load, channel, day, list(measure) as measures
from covered
where not in_ledger
group by load, channel, day;

-- a metric is observed on a day once all its measures are, whichever load brought them
create temp table observed_day as
with measured as (
    select covered.channel, covered.day, covered.measure, min(load.loaded_at) as known_from
    from covered
    join load using (load)
    group by covered.channel, covered.day, covered.measure
)

select measured.channel, metric_part.metric, measured.day, max(measured.known_from) as known_from
from measured
join metric_part using (measure)
group by measured.channel, metric_part.metric, measured.day
having count(*) = any_value(metric_part.parts);

insert into cell_observed
select channel, metric, min(day), max(day), count(*)
from observed_day
group by channel, metric;

insert into cell_begun
select channel, metric, first_day, known_from
from (
    select channel, metric, known_from, min(day) as first_day
    from observed_day
    group by channel, metric, known_from
)
qualify first_day < coalesce(
    min(first_day) over (partition by channel, metric order by known_from rows between unbounded preceding and 1 preceding), date '9999-12-31'
);

update channel set first_day = seen.first_day, last_day = seen.last_day
from (select channel, min(day) as first_day, max(day) as last_day from covered group by channel) as seen
where seen.channel = channel.channel;

insert into source_seen
select tool, channel, max(day), max(load)
from covered
group by tool, channel;
