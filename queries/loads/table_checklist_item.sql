-- What does the table checklist_item hold?
--
-- grain   as in queries/schema.sql
-- params  none
select *
from checklist_item
order by all
