-- Which metrics of which channels had been observed, and when, as far as it was known at a moment?
--
-- grain   one row per cell that was observed
-- params  $known_before   what was known before that moment
with measured as (
    select covered.channel, covered.day, covered.measure
    from covered
    join load using (load)
    where load.loaded_at < $known_before::timestamp
    group by covered.channel, covered.day, covered.measure
),

observed_day as (
    select measured.channel, metric_part.metric, measured.day
    from measured
    join metric_part using (measure)
    group by measured.channel, metric_part.metric, measured.day
    having count(*) = any_value(metric_part.parts)
)

select channel, metric, min(day) as first_day, max(day) as last_day, count(*) as days
from observed_day
group by channel, metric
order by channel, metric
