-- Which agency is accountable for which government domains?
--
-- tool      dotgov_registry
-- name      The .gov registry, both generations of headers (CSV)
-- fills     ownership_claim
-- needs     domain_name, organization_name|agency, suborganization_name|organization, security_contact_email
-- may       domain_type
-- declares  org
-- side      it
--
-- header    until 2023 the organisation stood in "Agency", and "Organization" was its part
-- claims    the registrant is accountable for all metrics of its agency's sites: registering a .gov domain needs the
--           agency's chief information officer, so the registrant stands on the IT side; who keeps a security contact
--           works on it (R)
-- period    from the month in the file's name (dotgov__current-federal__2023-11.csv), if it has one
with named as (
    select
        *,
        nullif(regexp_extract($file, '(\d{4}-\d{2})', 1), '') || '-01' as seen_on,
        agency_of(organization_name) as agency_id
    from raw
),

said as (
    select _line, agency_id, organization_name as party, 'A' as role, seen_on from named
    union all
    select _line, agency_id, organization_name as party, 'R' as role, seen_on from named
    where security_contact_email is not null and trim(security_contact_email) not in ('', '(blank)')
)

select
    _line,
    'register' as asserted_by,
    trim(party) as org,
    role,
    agency_id as channel,
    '*' as metric,
    seen_on as valid_from,
    '.gov registry, ' || $file as source
from said
order by _line, role
