select channel, metric, first_day as valid_from, null::date as valid_to, 'UNOWNED' as state, 'Unowned' as tag, '' as owners, '' as flags from cell_observed
