-- When was anything about ownership learnt or given up last?
--
-- grain   one row; last_learnt is null where nothing has come in
-- params  none
with two_clocks as (
    select known_from, known_to from ownership_claim
    union all select known_from, known_to from org
    union all select known_from, known_to from channel_kind
    union all select known_from, known_to from scope
    union all select known_from, known_to from policy
    union all select known_from, known_to from need
    union all select known_from, known_to from access_grant
    union all select known_from, known_to from request
    union all select known_from, known_to from checklist_item
    union all select known_from, known_to from glossary
    union all select known_from, null from cell_begun
    union all select loaded_at, null from load
)

select greatest(max(known_from), max(known_to)) as last_learnt
from two_clocks
