-- On which days of a period had each cell no one accountable owner?
--
-- grain   one row per cell and spell without one accountable owner that touches the period
-- params  $first_day, $last_day (inclusive)
-- order   channel, metric, valid_from: as the rows lie in the file
select channel, metric, valid_from, valid_to
from ownership_spell
where state not in ('EXEMPT', 'SHARED', 'OWNED')
  and valid_from <= $last_day
  and (valid_to is null or valid_to > $first_day)
