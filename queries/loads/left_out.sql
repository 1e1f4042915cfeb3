-- Which facts are in no total, because channel.csv no longer names their channel?
--
-- grain   one row per channel and load that brought facts of it
-- params  none
-- order   channel, load: as the rows lie in the file
select left_out.channel, load.file, left_out.rows_left_out, left_out.first_day, left_out.last_day
from left_out
join load using (load)
order by left_out.channel, left_out.load
