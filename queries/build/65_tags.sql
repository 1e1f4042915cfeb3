-- Which tag did each channel carry on each of its days?
create temp table channel_tag_day as
select seen.channel, seen.day, channel_tag.tag
from (select distinct channel, day from covered) as seen
left join channel_tag
    on channel_tag.channel = seen.channel
    and seen.day >= coalesce(channel_tag.valid_from, date '0001-01-01')
    and seen.day < coalesce(channel_tag.valid_to, date '9999-12-31')
