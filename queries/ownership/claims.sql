-- Who says what about ownership, since when, from which register?
--
-- grain   one row per claim that is believed now
-- params  none
select asserted_by, org, role, channel, metric, valid_from, valid_to, source, known_from
from ownership_claim
where known_to is null
order by channel, metric, valid_from, asserted_by
