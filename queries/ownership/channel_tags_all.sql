-- Which tag did each channel carry, and from when to when?
--
-- grain   one row per channel and spell
-- params  none
-- order   channel, valid_from: as the rows lie in the file
select channel, valid_from, valid_to, tag::varchar as tag
from channel_tag
