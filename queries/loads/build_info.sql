-- Which generation is this, and which days does it hold?
--
-- grain   one row
-- params  none
select generation, built_at, reporting_currency, first_day, last_day
from build_info
