-- One tool holds each channel, day and measure: where do two?
select channel, day, measure
from covered
where in_ledger
group by channel, day, measure
having count(distinct tool) > 1
