-- What does each side say about each cell on a day?
--
-- grain   one row per cell (channel x metric) that needs an owner on that day
-- params  $as_of, $known_before   what was believed before that moment; null: what is believed now
-- rules   a side's most specific accountable claims that stand on the day count; orgs that are gone name nobody, orgs of the side `other`
--         cannot be accountable and are passed over, as in spells.sql.
--         it_says and marketing_says are IT, Marketing, Joint or nobody
with cell as (
    select channel, metric
    from ownership_spell
    where coalesce(valid_from, date '0001-01-01') <= $as_of
      and coalesce(valid_to, date '9999-12-31') > $as_of
      and tag is not null
),

-- where each org stands on the day; gone: where it stood last
placed as (
    select
        org,
        side,
        coalesce(valid_from, date '0001-01-01') <= $as_of and coalesce(valid_to, date '9999-12-31') > $as_of as is_alive
    from org
    where is_known(known_from, known_to, $known_before::timestamp)
    qualify row_number() over (
        partition by org
        order by is_alive desc, coalesce(valid_to, date '9999-12-31') desc, coalesce(valid_from, date '0001-01-01') desc, side desc
    ) = 1
),

standing as (
    select
        claim.asserted_by,
        claim.channel,
        claim.metric,
        case when placed.is_alive then case placed.side when 'it' then 1 when 'marketing' then 2 else 3 end else 0 end as sides
    from ownership_claim as claim
    left join placed on placed.org = claim.org
    where claim.role = 'A'
      and claim.asserted_by in ('it', 'marketing')
      and placed.side is distinct from 'other'
      and is_known(claim.known_from, claim.known_to, $known_before::timestamp)
      and coalesce(claim.valid_from, date '0001-01-01') < coalesce(claim.valid_to, date '9999-12-31')
      and coalesce(claim.valid_from, date '0001-01-01') <= $as_of
      and coalesce(claim.valid_to, date '9999-12-31') > $as_of
),

said as (
    select cell.channel, cell.metric, standing.asserted_by, standing.sides, 3 as specific
    from cell
    join standing on standing.channel = cell.channel and standing.metric = cell.metric
    union all
    select cell.channel, cell.metric, standing.asserted_by, standing.sides, 2
    from cell
    join standing on standing.channel = cell.channel
    where standing.metric = '*'
    union all
    select cell.channel, cell.metric, standing.asserted_by, standing.sides, 1
    from cell
    join standing on standing.metric = cell.metric
    where standing.channel = '*'
    union all
    select cell.channel, cell.metric, standing.asserted_by, standing.sides, 0
    from cell
    cross join standing
    where standing.channel = '*' and standing.metric = '*'
),

most as (
    select channel, metric, asserted_by, max(specific) as specific from said group by channel, metric, asserted_by
),

added_up as (
    select said.channel, said.metric, said.asserted_by, bit_or(said.sides) as sides
    from said
    join most using (channel, metric, asserted_by, specific)
    group by said.channel, said.metric, said.asserted_by
),

known_channel as (
    from kinds_known($known_before::timestamp)
),

word as (
    select * from (values (0, 'nobody'), (1, 'IT'), (2, 'Marketing'), (3, 'Joint')) as words (sides, says)
)

select
    cell.channel,
    known_channel.kind,
    channel.family,
    cell.metric,
    metric.concern,
    coalesce(it_word.says, 'nobody') as it_says,
    coalesce(marketing_word.says, 'nobody') as marketing_says
from cell
join channel on channel.channel = cell.channel
left join known_channel on known_channel.channel = cell.channel
left join metric on metric.metric = cell.metric
left join added_up as it on it.channel = cell.channel and it.metric = cell.metric and it.asserted_by = 'it'
left join added_up as marketing on marketing.channel = cell.channel and marketing.metric = cell.metric and marketing.asserted_by = 'marketing'
left join word as it_word on it_word.sides = it.sides
left join word as marketing_word on marketing_word.sides = marketing.sides
order by cell.channel, cell.metric
