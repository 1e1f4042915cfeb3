-- The small tables, as their newest exports say them; those that flags and spells are made of keep their earlier versions too.
-- They lie sorted in the file: pages read them at every first view.
insert into scope
select channel, metric, disposition, reason, valid_from, valid_to, known_from, known_to from landed_scope join known_load using (load)
order by all;
insert into policy
select concern, kind, expected, valid_from, valid_to, source, known_from, known_to from landed_policy join known_load using (load)
order by all;
insert into incident
select incident, coalesce(alias.channel, landed.channel), started_at, acknowledged_at, resolved_at, severity, summary
from landed_incident as landed
semi join live_load using (load)
left join channel_alias as alias on alias.alias = landed.channel
qualify row_number() over (partition by incident, landed.channel order by load desc) = 1
order by all;
insert into event select event, kind, starts_on, label, channel, ends_on from landed_event semi join live_load using (load)
order by all;
insert into target select channel, metric, first_day, last_day, value from landed_target semi join live_load using (load)
order by all;
insert into slo select channel, metric, objective, window_days, valid_from from landed_slo semi join live_load using (load)
order by all;
insert into request
select request, from_side, to_side, opened_on, channel, metric, decided_on, decision, reason, summary, known_from, known_to
from landed_request join known_load using (load)
order by all;
insert into goal select goal, side, rank, text, kind, metrics from landed_goal semi join live_load using (load)
order by all;
insert into checklist_item
select channel, side, item, org, done_on, evidence, known_from, known_to from landed_checklist_item join known_load using (load)
order by all;
insert into glossary
select term, side, meaning, metric, formula, agreed_on, known_from, known_to from landed_glossary join known_load using (load)
order by all;
insert into tool select tool, capability, channel, org, annual_cost, goals from landed_tool semi join live_load using (load)
order by all;
insert into need
select org, channel, metric, purpose, max_lag_days, valid_from, valid_to, known_from, known_to
from landed_need join known_load using (load)
order by all;
insert into access_grant
select org, channel, metric, purpose, max_lag_days, valid_from, valid_to, known_from, known_to
from landed_access_grant join known_load using (load)
order by all;
insert into survey select asked_on, question, side, agree_share, answers, source, caveat from landed_survey semi join live_load using (load)
order by all;
