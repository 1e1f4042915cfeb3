-- Facts that are there already, and whose channel carries another tag on their day since a decision was signed: they get it.
--
-- reads   channel_tag_day
update daily set tag = coalesce(owned.tag, 'Unowned')
from channel_tag_day as owned
where owned.channel::channel_id = daily.channel and owned.day = daily.day and daily.tag is distinct from coalesce(owned.tag, 'Unowned');

update daily_by_channel set tag = coalesce(owned.tag, 'Unowned')
from channel_tag_day as owned
where owned.channel::channel_id = daily_by_channel.channel and owned.day = daily_by_channel.day and daily_by_channel.tag is distinct from coalesce(owned.tag, 'Unowned');

update daily_by_day set tag = coalesce(owned.tag, 'Unowned')
from channel_tag_day as owned
where owned.channel::channel_id = daily_by_day.channel and owned.day = daily_by_day.day and daily_by_day.tag is distinct from coalesce(owned.tag, 'Unowned');
