-- What did the campaigns of a Microsoft Advertising account cost and bring, day by day?
--
-- tool      microsoft_ads
-- name      Microsoft Ads campaign performance by day, of a connector (CSV)
-- fills     daily
-- needs     date, account_id, campaign_id, currency_code, device_type, ad_distribution, impressions, clicks, spend
-- may       conversions, conversions_qualified, revenue
-- declares  channel
--
-- units     spend and revenue in the currency of the row; days are those of the account's time zone
-- channel   channels of their own, so that nothing of it is taken for Google's: search, and the audience network
-- campaign  its number: the table has no name
-- joined    rows of one day, channel, campaign and device (by place, match type, system) are added up
-- counted   conversions_qualified where it is given: it counts parts, which the older column rounds
with typed as (
    select
        *,
        case when ad_distribution = 'Search' then 'microsoft_search' else 'microsoft_audience' end as channel,
        case device_type when 'Smartphone' then 'mobile' when 'Computer' then 'desktop' when 'Unknown' then 'other' else lower(device_type) end as device,
        try_cast(number_of(impressions) as double) as impressions_number,
        try_cast(number_of(clicks) as double) as clicks_number,
        try_cast(number_of(spend) as double) as spend_number,
        try_cast(number_of(conversions) as double) as conversions_number,
        try_cast(number_of(conversions_qualified) as double) as conversions_qualified_number,
        try_cast(number_of(revenue) as double) as revenue_number,
        case
            when is_no_number(impressions) then 'impressions'
            when is_no_number(clicks) then 'clicks'
            when is_no_number(spend) then 'spend'
            when is_no_number(conversions) then 'conversions'
            when is_no_number(conversions_qualified) then 'conversions_qualified'
            when is_no_number(revenue) then 'revenue'
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
            when 'spend' then spend
            when 'conversions' then conversions
            when 'conversions_qualified' then conversions_qualified
            when 'revenue' then revenue
        end
    ) as _value,
    account_id as _account,
    'campaign' as _kind,
    case channel when 'microsoft_search' then 'paid search' else 'display' end as _family,
    case channel when 'microsoft_search' then 'Microsoft search' else 'Microsoft audience network' end as _name,
    date as day,
    channel,
    campaign_id as campaign,
    device,
    currency_code as currency,
    sum(impressions_number) as impressions,
    sum(clicks_number) as clicks,
    sum(spend_number) as spend,
    sum(coalesce(conversions_qualified_number, conversions_number)) as conversions,
    sum(revenue_number) as revenue
from typed
group by account_id, date, channel, campaign_id, device, currency_code, wrong, case when wrong is not null then _line end
order by _line
