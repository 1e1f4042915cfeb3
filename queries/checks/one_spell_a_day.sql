-- One state for each cell and day: which spells overlap?
select one.channel, one.metric, one.valid_from, two.valid_from as overlaps
from ownership_spell as one
join ownership_spell as two
    on two.channel = one.channel and two.metric = one.metric and two.valid_from > one.valid_from
    and two.valid_from < coalesce(one.valid_to, date '9999-12-31')
