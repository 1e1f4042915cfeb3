-- What did the campaigns of a Google Ads account cost and bring, as a connector lands them?
--
-- tool      google_ads
-- name      Google Ads campaign stats of a connector (CSV)
-- fills     daily
-- needs     customer_id, date, ad_network_type, device, id, impressions, clicks, cost_micros
-- may       conversions, conversions_value
-- declares  channel
--
-- units     cost_micros is a millionth of the account's currency, which this table does not name: it is taken as the reporting
--           currency. Days are those of the account's time zone
-- channel   by network: search and search partners -> paid_search, content -> display, YouTube -> video, otherwise paid_other
-- campaign  its number: the table has no name
-- joined    rows of one day, channel, campaign and device, such as search and its partners, are added up
with typed as (
    select
        *,
        case
            when ad_network_type in ('SEARCH', 'SEARCH_PARTNERS') then 'paid_search'
            when ad_network_type = 'CONTENT' then 'display'
            when starts_with(ad_network_type, 'YOUTUBE') then 'video'
            else 'paid_other'
        end as channel,
        case device when 'CONNECTED_TV' then 'smart tv' else lower(device) end as kind_of_device,
        try_cast(number_of(impressions) as double) as impressions_number,
        try_cast(number_of(clicks) as double) as clicks_number,
        try_cast(number_of(cost_micros) as double) as cost_micros_number,
        try_cast(number_of(conversions) as double) as conversions_number,
        try_cast(number_of(conversions_value) as double) as conversions_value_number,
        case
            when is_no_number(impressions) then 'impressions'
            when is_no_number(clicks) then 'clicks'
            when is_no_number(cost_micros) then 'cost_micros'
            when is_no_number(conversions) then 'conversions'
            when is_no_number(conversions_value) then 'conversions_value'
        end as wrong
    from raw
)

select
    min(_line) as _line,
    count(*) as _lines,
    case when wrong is not null then 'not a number; write 1234.5 without separators' end as _reason,
    wrong as _column,
    any_value(
        case wrong
            when 'impressions' then impressions
            when 'clicks' then clicks
            when 'cost_micros' then cost_micros
            when 'conversions' then conversions
            when 'conversions_value' then conversions_value
        end
    ) as _value,
    customer_id as _account,
    'campaign' as _kind,
    replace(channel, '_', ' ') as _family,
    case channel when 'paid_search' then 'Paid search' when 'display' then 'Display' when 'video' then 'Video' else 'Other paid' end as _name,
    date as day,
    channel,
    id as campaign,
    kind_of_device as device,
    sum(impressions_number) as impressions,
    sum(clicks_number) as clicks,
    sum(cost_micros_number) / 1000000 as spend,
    sum(conversions_number) as conversions,
    sum(conversions_value_number) as revenue
from typed
group by customer_id, date, channel, id, kind_of_device, wrong, case when wrong is not null then _line end
order by _line
