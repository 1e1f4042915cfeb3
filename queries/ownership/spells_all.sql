-- Which state did each cell have, and since when?
--
-- grain   one row per spell: neighbours with the same state and tag are one
-- params  none
select
    channel,
    metric,
    any_value(state)::varchar as state,
    any_value(tag)::varchar as tag,
    state_since as valid_from,
    case when count(*) = count(valid_to) then max(valid_to) end as valid_to
from ownership_spell
group by channel, metric, state_since
order by channel, metric, state_since
