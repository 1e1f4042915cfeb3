-- Of which kind was each channel, as far as it was believed at a moment?
--
-- grain   one row per channel that was known
-- params  $known_before   what was believed before that moment; null: what is believed now
select channel, kind
from kinds_known($known_before::timestamp)
order by channel
