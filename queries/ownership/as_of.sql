-- Who is accountable for each metric of each channel, as of a day?
--
-- grain   one row per cell (channel x metric) that has a state on that day; since is the first day of that state, gap_since of what is amiss
-- params  $as_of
-- order   channel, metric: as the rows lie in the file
select channel, metric, state::varchar as state, tag::varchar as tag, owners, state_since as since, flags, gap_since
from ownership_spell
where coalesce(valid_from, date '0001-01-01') <= $as_of
  and coalesce(valid_to, date '9999-12-31') > $as_of
