-- In which state was each cell, from when to when? Spells of the ledger with neighbours of the same state and tag joined.
insert into state_spell
select
    channel, metric, any_value(state), any_value(tag), state_since, case when count(*) = count(valid_to) then max(valid_to) end
from ownership_spell
group by channel, metric, state_since
order by channel, metric, state_since;
