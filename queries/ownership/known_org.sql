-- Which teams did the directory know, and on which side, as far as it was believed at a moment?
--
-- grain   as in queries/schema.sql
-- params  $known_before   what was believed before that moment; null: what is believed now
-- order   all columns: as the rows lie in the file
select * exclude (known_from, known_to)
from org
where is_known(known_from, known_to, $known_before::timestamp)
