-- How many minutes was each watched site up, day by day?
--
-- tool      upptime
-- name      Upptime check events (CSV)
-- fills     daily
-- needs     committed_at, check, status, http_status, response_ms
-- declares  channel
--
-- minutes   a check speaks for the time until the next check of its site, at most 60 minutes (a gap is not downtime),
--           and for 1 minute at least; it counts on the day on which it was made (UTC)
-- up        status up or degraded; "0 in 0 ms" is no answer of the site nor of the network, and is refused
with checked as (
    select
        _line,
        "check" as site,
        lower(trim(status)) as status,
        try_cast(left(replace(committed_at, 'T', ' '), 19) as timestamp) as made_at,
        try_cast(response_ms as double) as milliseconds,
        try_cast(http_status as integer) as answered,
        committed_at
    from raw
),

spoken as (
    select
        *,
        case
            when made_at is null then 'committed_at'
            when status not in ('up', 'down', 'degraded') then 'status'
            when milliseconds is null then 'response_ms'
            when answered = 0 and milliseconds = 0 and status = 'up' then 'http_status'
        end as wrong,
        least(60, greatest(1, coalesce(date_diff('second', made_at, lead(made_at) over (partition by site order by made_at, _line)) / 60.0, 60))) as minutes
    from checked
),

-- the last check of a day speaks only for the rest of that day
cut as (
    select
        *,
        least(minutes, greatest(1, date_diff('second', made_at, date_trunc('day', made_at) + interval 1 day) / 60.0)) as minutes_that_day
    from spoken
)

select
    min(_line) as _line,
    count(*) as _lines,
    case when wrong is not null then 'not a check that says whether the site answered' end as _reason,
    wrong as _column,
    any_value(case wrong when 'committed_at' then committed_at when 'status' then status else '0' end) as _value,
    'web' as _kind,
    'site' as _family,
    any_value(site) as _name,
    cast(cast(made_at as date) as varchar) as day,
    id_of(site) as channel,
    sum(minutes_that_day) as minutes_expected,
    sum(minutes_that_day) filter (status <> 'down') as minutes_up,
    count(*) as requests,
    count(*) filter (status = 'down') as errors,
    sum(milliseconds) as response_ms
from cut
group by site, cast(made_at as date), wrong, case when wrong is not null then _line end
order by _line
