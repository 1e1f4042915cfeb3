-- Which loads count, and since when?
--
-- known_load      from when to when each load was believed: a later export of the same tool, account and name restates it
-- live_load       those that are believed now
create temp table known_load as
select *
from (
    select load, tool, account, file, loaded_at as known_from, lead(loaded_at) over (partition by tool, account, file order by load) as known_to
    from load
    where rows_taken > 0 -- an export of which every row was refused replaces nothing
)
where known_to is null or known_from < known_to;

create temp table live_load as
select load, tool, account, file, known_from as loaded_at
from known_load
where known_to is null;
