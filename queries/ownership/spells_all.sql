-- Which state did each cell have, and since when?
--
-- grain   one row per spell: neighbours with the same state and tag are one
-- params  none
with marked as (
    select
        channel,
        metric,
        state::varchar as state,
        tag::varchar as tag,
        valid_from,
        valid_to,
        case
            when state = lag(state) over cell and tag is not distinct from lag(tag) over cell
                and lag(valid_to) over cell = valid_from then 0
            else 1
        end as is_new
    from ownership_spell
    window cell as (partition by channel, metric order by valid_from)
),

numbered as (
    select *, sum(is_new) over (partition by channel, metric order by valid_from) as spell
    from marked
)

select
    channel,
    metric,
    any_value(state) as state,
    any_value(tag) as tag,
    min(valid_from) as valid_from,
    case when count(*) = count(valid_to) then max(valid_to) end as valid_to
from numbered
group by channel, metric, spell
order by channel, metric, valid_from
