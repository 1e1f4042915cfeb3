-- Which team does the software catalogue name as the owner of each component?
--
-- tool      backstage
-- name      Backstage catalog-info.yaml (YAML, several documents)
-- fills     ownership_claim
-- needs     kind, component, owner
-- may       type, lifecycle, title
-- declares  org
-- side      it
--
-- claims    spec.owner is accountable for all metrics of the channel that has the component's name, says IT;
--           a bare name means group:default/<name>. A component that is no channel waits until one has its name.
-- aside     documents of other kinds (System, API, Group ...)
select
    _line,
    lower(kind) <> 'component' as _aside,
    case when lower(kind) = 'component' and owner is null then 'the component names no owner' end as _reason,
    'spec.owner' as _column,
    component as _value,
    'it' as asserted_by,
    regexp_replace(regexp_replace(owner, '^[a-z]+:', ''), '^default/', '') as org,
    'A' as role,
    id_of(component) as channel,
    '*' as metric,
    'Backstage: ' || component as source
from raw
order by _line
