-- Which tag did each channel carry, and from when to when?
--
-- grain   one row per channel and spell; half-open periods
-- params  none
-- rule    Contested if any required cell is; Shared if a cell is shared or both sides own one; IT or Marketing if only that
--         side owns; else Unowned. Exempt cells do not count.
with change as (
    select channel, valid_from as day, tag, 1 as step from ownership_spell where tag is not null
    union all
    select channel, valid_to, tag, -1 from ownership_spell where tag is not null and valid_to is not null
),

stepped as (
    select
        channel,
        day,
        sum(step) filter (tag = 'Contested') as contested,
        sum(step) filter (tag = 'Shared') as shared,
        sum(step) filter (tag = 'IT') as it,
        sum(step) filter (tag = 'Marketing') as marketing,
        sum(step) as cells
    from change
    group by channel, day
),

running as (
    select
        channel,
        day,
        sum(coalesce(contested, 0)) over w as contested,
        sum(coalesce(shared, 0)) over w as shared,
        sum(coalesce(it, 0)) over w as it,
        sum(coalesce(marketing, 0)) over w as marketing,
        sum(cells) over w as cells,
        lead(day) over (partition by channel order by day) as ends
    from stepped
    window w as (partition by channel order by day)
),

tagged as (
    select
        channel,
        day,
        ends,
        case
            when contested > 0 then 'Contested'
            when shared > 0 or (it > 0 and marketing > 0) then 'Shared'
            when it > 0 then 'IT'
            when marketing > 0 then 'Marketing'
            else 'Unowned'
        end as tag
    from running
    where cells > 0
),

marked as (
    select
        *,
        case when tag = lag(tag) over w and day = lag(ends) over w then 0 else 1 end as is_new
    from tagged
    window w as (partition by channel order by day)
),

numbered as (
    select *, sum(is_new) over (partition by channel order by day) as spell from marked
)

select
    channel,
    min(day) as valid_from,
    case when count(ends) = count(*) then max(ends) end as valid_to,
    any_value(tag) as tag
from numbered
group by channel, spell
order by channel, valid_from
