-- What did the adverts of a Google Ads account cost and bring, day by day?
--
-- tool      google_ads
-- name      Google Ads report (CSV, with the Day column)
-- fills     daily
-- needs     day, campaign, impr|impressions, clicks, cost
-- may       campaign_type|campaign_subtype, device, currency_code|currency, conversions, conv_value|conversions_value, customer_id|account
-- declares  channel
--
-- channel   by campaign type: Search -> paid_search, Shopping and Performance Max -> shopping, Display -> display,
--           Video and Demand Gen -> video, otherwise paid_other
-- aside     the closing "Total: ..." rows; "Total: Campaigns" is held against the sum
with typed as (
    select
        *,
        starts_with(trim(day), 'Total') or starts_with(trim(campaign), 'Total:') as is_total,
        case
            when lower(coalesce(campaign_type, 'search')) like '%search%' then 'paid_search'
            when lower(campaign_type) like '%shopping%' or lower(campaign_type) like '%performance max%' then 'shopping'
            when lower(campaign_type) like '%display%' then 'display'
            when lower(campaign_type) like '%video%' or lower(campaign_type) like '%demand gen%' then 'video'
            else 'paid_other'
        end as channel_of_type
    from raw
)

select
    _line,
    is_total as _aside,
    case
        when starts_with(trim(day), 'Total: Campaigns') or trim(day) = 'Total' then trim(day)
        when starts_with(trim(campaign), 'Total: Campaigns') then trim(campaign)
    end as _total,
    customer_id as _account,
    'campaign' as _kind,
    replace(channel_of_type, '_', ' ') as _family,
    case channel_of_type
        when 'paid_search' then 'Paid search'
        when 'shopping' then 'Shopping'
        when 'display' then 'Display'
        when 'video' then 'Video'
        else 'Other paid'
    end as _name,
    day,
    channel_of_type as channel,
    trim(campaign) as campaign,
    case lower(trim(device))
        when 'mobile phones' then 'mobile'
        when 'computers' then 'desktop'
        when 'tablets' then 'tablet'
        when 'tv screens' then 'smart tv'
        else lower(trim(device))
    end as device,
    currency_code as currency,
    number_of(impr) as impressions,
    number_of(clicks) as clicks,
    number_of(cost) as spend,
    number_of(conversions) as conversions,
    number_of(conv_value) as revenue
from typed
order by _line
