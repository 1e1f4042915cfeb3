-- How many visits did each agency's websites have by device, day by day?
--
-- tool      dap
-- name      Digital Analytics Program, devices by day, all agencies (CSV)
-- fills     daily
-- needs     date, agency_slug, device, visits
-- may       agency_name
-- declares  channel
--
-- channel   one web channel an agency
-- aside     `live`: the whole government, a total beside its parts
select
    _line,
    agency_slug = 'live' as _aside,
    'web' as _kind,
    'site' as _family,
    coalesce(agency_name, agency_slug) as _name,
    date as day,
    agency_slug as channel,
    case when device = '(other)' then 'other' else device end as device,
    number_of(visits) as sessions
from raw
order by _line
