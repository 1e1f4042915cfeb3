-- Where two tools report the same measure, how far do they differ?
--
-- grain   one row per channel x measure x tool that is not the ledger
-- params  $first_day, $last_day (inclusive)
with beside as (
    select channel, measure, day, tool, sum(total) as total
    from covered
    where not in_ledger and day between $first_day and $last_day
    group by channel, measure, day, tool
),

ledger as (
    select channel, measure, day, any_value(tool) as tool, sum(total) as total
    from covered
    where in_ledger and day between $first_day and $last_day
    group by channel, measure, day
)

select
    beside.channel,
    beside.measure,
    ledger.tool as ledger_tool,
    sum(ledger.total) as ledger_total,
    beside.tool as other_tool,
    sum(beside.total) as other_total
from beside
join ledger using (channel, measure, day)
where beside.tool <> ledger.tool
group by all
order by all
