select channel, min(valid_from) as valid_from, null::date as valid_to, 'Unowned' as tag from ownership_spell group by channel
