-- How many visits did one agency's websites have by device, day by day?
--
-- tool      dap
-- name      Digital Analytics Program, devices by day, one agency (CSV)
-- fills     daily
-- needs     date, device, visits
-- declares  channel
--
-- channel   the agency stands only in the file's name, dap__<agency>__devices.csv; without it every row is refused
-- aside     `live`: the whole government, a total beside its parts
with named as (
    select
        *,
        nullif(regexp_extract($file, '^dap__(.+?)__', 1), '') as agency
    from raw
)

select
    _line,
    agency = 'live' as _aside,
    case when agency is null then 'the file does not say which agency; name it dap__<agency>__devices.csv' end as _reason,
    'file name' as _column,
    $file as _value,
    'web' as _kind,
    'site' as _family,
    agency as _name,
    date as day,
    agency as channel,
    case when device = '(other)' then 'other' else device end as device,
    number_of(visits) as sessions
from named
order by _line
