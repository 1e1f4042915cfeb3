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
    true
from landed_covered as seen
join load using (load)
join channel_alias as alias on alias.alias = seen.channel;

create temp table outdone as
with contested as (
    select channel, measure from covered group by channel, measure having min(load) <> max(load)
),

told as (
    select *, load = max(load) over (partition by tool, account, channel, day, measure) as is_newest
    from covered
    semi join contested using (channel, measure)
),

ranked as (
    select
        told.*,
        dense_rank() over (
            partition by told.channel, told.day, told.measure, told.is_newest
            order by coalesce(source_rank.rank, 99), told.tool
        ) as place
    from told
    left join source_rank on source_rank.tool = told.tool and source_rank.measure = told.measure
)

select load, channel, day, measure from ranked where not is_newest or place > 1;

update covered set in_ledger = false
from outdone
where outdone.load = covered.load and outdone.channel = covered.channel
  and outdone.day = covered.day and outdone.measure = covered.measure;

create temp table lost as
select load, channel, day, list(measure) as measures
from covered
where not in_ledger
group by load, channel, day;

-- a metric is observed on a day once all its measures are, whichever load brought them. Days of a channel of which the
-- same loads told the same measures are looked at together
create temp table observed_span as
with told as (
    select channel, day, list_sort(list({'measure': measure, 'load': load})) as told
    from covered
    group by channel, day
),

span as (
    select row_number() over () as span, channel, told, min(day) as first_day, max(day) as last_day, count(*) as days
    from told
    group by channel, told
),

measured as (
    select each.span, each.measure, min(load.loaded_at) as known_from
    from (select span, unnest(told, recursive := true) from span) as each
    join load using (load)
    group by each.span, each.measure
)

select span.channel, metric_part.metric, span.first_day, span.last_day, span.days, max(measured.known_from) as known_from
from measured
join span using (span)
join metric_part using (measure)
group by span.span, span.channel, span.first_day, span.last_day, span.days, metric_part.metric
having count(*) = any_value(metric_part.parts);

insert into cell_observed
select channel, metric, min(first_day), max(last_day), sum(days)
from observed_span
group by channel, metric
order by channel, metric;

insert into cell_begun
select channel, metric, first_day, known_from
from (
    select channel, metric, known_from, min(first_day) as first_day
    from observed_span
    group by channel, metric, known_from
)
qualify first_day < coalesce(
    min(first_day) over (partition by channel, metric order by known_from rows between unbounded preceding and 1 preceding), date '9999-12-31'
);

update channel set first_day = seen.first_day, last_day = seen.last_day
from (select channel, min(day) as first_day, max(day) as last_day from covered group by channel) as seen
where seen.channel = channel.channel;
