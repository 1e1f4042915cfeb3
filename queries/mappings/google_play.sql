-- How often was each Android app installed and taken off a device, day by day?
--
-- tool      google_play
-- name      Google Play installs, overview (CSV)
-- fills     daily
-- needs     date, package_name, daily_device_installs, daily_device_uninstalls
-- may       country, device, android_os_version, app_version_code, carrier, language
-- declares  channel
--
-- units     devices, not people; days are Google Play's, in Pacific time
-- channel   the app's package: one mobile channel each
-- refused   the files by country, device, version, carrier or language hold parts of the same installs
select
    _line,
    case when part is not null then 'a part of the installs that the overview holds whole; import installs_..._overview.csv' end as _reason,
    case when part is not null then 'package_name' end as _column,
    package_name as _value,
    package_name as _account,
    'mobile' as _kind,
    'Android app' as _family,
    package_name as _name,
    date as day,
    package_name as channel,
    number_of(daily_device_installs) as installs,
    number_of(daily_device_uninstalls) as uninstalls
from (
    select *, coalesce(country, device, android_os_version, app_version_code, carrier, language) as part
    from raw
)
order by _line
