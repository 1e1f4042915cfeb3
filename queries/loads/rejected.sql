-- Which rows were refused, and why?
--
-- grain   one row per refused row; channel is the one that the row names in a column of that name, if we know it
-- params  none
select refused.load, refused.file, refused.line, refused."column", refused.value, refused.reason, refused.whole_row, alias.channel
from rejected_row as refused
left join channel_alias as alias on alias.alias = regexp_extract(refused.whole_row, '"channel": "([^"]*)"', 1)
order by refused.load, refused.line
