-- Every channel with facts stands in channel.csv: which do not, so that their rows are in no total?
select left_out.channel, left_out.rows_left_out, load.file, 'add it to channel.csv again, and import channel.csv' as what_to_do
from left_out
join load using (load)
