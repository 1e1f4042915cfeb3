-- Which state did each cell have, and since when?
--
-- grain   one row per spell: neighbours with the same state and tag are one
-- params  none
-- order   channel, metric, valid_from: as the rows lie in the file
select channel, metric, state::varchar as state, tag::varchar as tag, valid_from, valid_to
from state_spell
