-- Counts cannot be negative: which are?
select day, channel, measure, total
from covered
where total < 0 and measure not in ('spend', 'revenue')
