-- Words that the mappings share.

-- a tool's number as a plain one: "14,117,313" -> 14117313, " --" -> null, "1.16%" -> 1.16; what is no such number stays
-- as it is, and is refused with its line: "4.838,80" must never be read as 4.8388
create macro number_of(said) as case
    when trim(said) = '--' then null
    when regexp_full_match(trim(said), '-?\d{1,3}(,\d{3})+(\.\d+)?%?') then replace(rtrim(trim(said), '%'), ',', '')
    else rtrim(trim(said), '%')
end;

-- whether a text that should be a number is none; an empty one is missing, and not wrong
create macro is_no_number(said) as trim(said) <> '' and number_of(said) is not null and try_cast(number_of(said) as double) is null;

-- a name as an id: "Paid Search" -> paid_search
create macro id_of(said) as trim(regexp_replace(lower(trim(said)), '[^a-z0-9]+', '_', 'g'), '_');

-- an agency's name as the id that its analytics use: "Department of the Treasury" -> treasury
create macro agency_of(said) as trim(regexp_replace(
    regexp_replace(replace(lower(trim(said)), '.', ''), '\b(the|of|for|and|us|united states|department)\b', ' ', 'g'),
    '[^a-z0-9]+', '-', 'g'), '-');
