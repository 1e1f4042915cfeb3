-- Which generation is this, which days does it hold, and by which recipe was it built?
--
-- grain   one row
-- params  none
select generation, built_at, reporting_currency, first_day, last_day, recipe
from build_info
