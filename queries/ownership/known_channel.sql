-- Of which kind was each channel, as far as it was believed at a moment?
--
-- grain   one row per channel that was known
-- params  $known_before   what was believed before that moment; null: what is believed now
select channel, arg_max(kind, (place, load)) as kind
from channel_kind
where is_known(known_from, known_to, $known_before::timestamp)
group by channel
order by channel
