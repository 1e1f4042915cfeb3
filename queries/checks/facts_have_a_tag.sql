-- Every fact carries the tag of its own day: which do not?
select day, channel from daily where tag is null
