-- Words that the mappings share.

-- a tool's number as a plain one: "14,117,313" -> 14117313, " --" -> null, "1.16%" -> 1.16
create macro number_of(said) as nullif(replace(replace(trim(said), ',', ''), '%', ''), '--');

-- a name as an id: "Paid Search" -> paid_search
create macro id_of(said) as trim(regexp_replace(lower(trim(said)), '[^a-z0-9]+', '_', 'g'), '_');

-- an agency's name as the id that its analytics use: "Department of the Treasury" -> treasury
create macro agency_of(said) as trim(regexp_replace(
    regexp_replace(replace(lower(trim(said)), '.', ''), '\b(the|of|for|and|us|united states|department)\b', ' ', 'g'),
    '[^a-z0-9]+', '-', 'g'), '-');
