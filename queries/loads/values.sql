-- Which devices and regions do the exports hold?
--
-- grain   one row per part (device, region) and value
-- params  none
-- order   part, value: as the rows lie in the file
select part, value
from part_value
