-- Who said what about ownership, as far as it was believed at a moment?
--
-- grain   one row per claim; a claim that a later load or decision replaced stands as it stood then
-- params  $known_before   what was believed before that moment; null: what is believed now
select asserted_by, org, role, channel, metric, valid_from, valid_to, source, known_from, known_to
from ownership_claim
where is_known(known_from, known_to, $known_before::timestamp)
order by channel, metric, valid_from, asserted_by
