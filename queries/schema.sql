-- The whole database file on one screen.
--
-- All periods are half-open, [valid_from, valid_to); an empty valid_to is still open.
-- The file is built beside the one that people read, and never written again.
-- build.py runs this file first; channel_id, campaign_id, device_id and region_id are ENUMs that
-- the build has just made from the landing (queries/build/10_names.sql).

create type tag as enum ('IT', 'Marketing', 'Shared', 'Contested', 'Unowned');
create type state as enum (
    'EXEMPT', 'SHARED', 'OWNED', 'DISOWNED', 'CONTESTED', 'MULTI_A', 'ORPHANED', 'R_NO_A', 'LAPSED', 'UNOWNED'
);

-- facts: one row per day, channel, campaign, device and region; null = not observed, never 0
create table daily (
    day date not null, channel channel_id not null, campaign campaign_id, device device_id, region region_id, tag tag,
    impressions double, clicks double, spend double, sends double, deliveries double, opens double,
    unsubscribes double, sessions double, engaged_sessions double, page_views double, leads double,
    conversions double, revenue double, installs double, uninstalls double, app_sessions double,
    crashed_sessions double, frozen_sessions double, requests double, errors double, response_ms double,
    minutes_expected double, minutes_up double, page_loads double, lcp_good double, lcp_poor double,
    inp_good double, inp_poor double, cls_good double, cls_poor double, slow_network_loads double,
    rating_sum double, ratings double
);
-- daily_by_channel: the same without campaign; daily_by_day: without device and region too (both made by the build)

-- the directory
create table channel (channel varchar primary key, kind varchar not null, name varchar not null, family varchar not null,
                      address varchar, sells boolean not null, first_day date, last_day date);
create table channel_alias (alias varchar primary key, channel varchar not null);
create table org (org varchar not null, side varchar not null, name varchar, valid_from date, valid_to date,
                  known_from timestamp, known_to timestamp);
-- channel_kind: what was said of a channel's kind; of what was known the highest place, then the newest load, holds
create table channel_kind (channel varchar, kind varchar, place bigint, load bigint, known_from timestamp, known_to timestamp);

-- ownership: claims, and what the build makes of those that are believed now (queries/ownership/spells.sql).
-- Two clocks: valid_* is when a row holds, known_* when we believed it; an empty known_to is believed still. Tables that
-- have both keep what is no longer believed; is_known says what was believed before a moment, or (null) is believed now.
create macro is_known(known_from, known_to, known_before) as
    (known_from is null or known_from < coalesce(known_before, timestamp '9999-12-31'))
    and (known_to is null or known_to >= known_before);
create macro kinds_known(known_before) as table
    select channel, arg_max(kind, (place, load)) as kind
    from channel_kind
    where is_known(known_from, known_to, known_before)
    group by channel;
create table ownership_claim (claim bigint primary key, asserted_by varchar not null, org varchar, role varchar not null,
                              channel varchar not null, metric varchar not null, valid_from date, valid_to date,
                              source varchar, load bigint, known_from timestamp, known_to timestamp);
create table scope (channel varchar, metric varchar, disposition varchar, reason varchar, valid_from date, valid_to date,
                    known_from timestamp, known_to timestamp);
create table policy (concern varchar, kind varchar, expected varchar, valid_from date, valid_to date, source varchar,
                     known_from timestamp, known_to timestamp);
create table ownership_spell (channel varchar, metric varchar, valid_from date, valid_to date, state state, tag tag,
                              owners varchar, flags varchar, state_since date, gap_since date);
-- state_spell: the same with neighbours of the same state and tag joined
create table state_spell (channel varchar, metric varchar, state state, tag tag, valid_from date, valid_to date);
create table channel_tag (channel varchar, valid_from date, valid_to date, tag tag);
-- cell_observed: first and last day and number of days on which each cell was observed
create table cell_observed (channel varchar, metric varchar, first_day date, last_day date, days bigint);
-- cell_begun: the first day of each cell as far as it was known; a load that reaches further back adds an earlier one
create table cell_begun (channel varchar, metric varchar, first_day date, known_from timestamp);

-- what happened, what is wanted, what is agreed
create table incident (incident varchar, channel varchar, started_at timestamp, acknowledged_at timestamp,
                       resolved_at timestamp, severity varchar, summary varchar);
create table event (event varchar, kind varchar, starts_on date, label varchar, channel varchar, ends_on date);
create table target (channel varchar, metric varchar, first_day date, last_day date, value double);
create table slo (channel varchar, metric varchar, objective double, window_days bigint, valid_from date);
create table request (request varchar, from_side varchar, to_side varchar, opened_on date, channel varchar,
                      metric varchar, decided_on date, decision varchar, reason varchar, summary varchar,
                      known_from timestamp, known_to timestamp);
create table goal (goal varchar, side varchar, rank bigint, text varchar, kind varchar, metrics varchar);
create table checklist_item (channel varchar, side varchar, item varchar, org varchar, done_on date, evidence varchar,
                             known_from timestamp, known_to timestamp);
create table glossary (term varchar, side varchar, meaning varchar, metric varchar, formula varchar, agreed_on date,
                       known_from timestamp, known_to timestamp);
create table tool (tool varchar, capability varchar, channel varchar, org varchar, annual_cost double, goals varchar);
create table need (org varchar, channel varchar, metric varchar, purpose varchar, max_lag_days bigint,
                   valid_from date, valid_to date, known_from timestamp, known_to timestamp);
create table access_grant (org varchar, channel varchar, metric varchar, purpose varchar, max_lag_days bigint,
                           valid_from date, valid_to date, known_from timestamp, known_to timestamp);
create table survey (asked_on date, question varchar, side varchar, agree_share double, answers bigint,
                     source varchar, caveat varchar);

-- where it all came from
create table load (load bigint primary key, file varchar, tool varchar, account varchar, sha256 varchar, first_day date, last_day date,
                   rows_read bigint, rows_taken bigint, rows_refused bigint, rows_set_aside bigint,
                   loaded_at timestamp, notes varchar);
create table rejected_row (load bigint, file varchar, line bigint, "column" varchar, value varchar, reason varchar, whole_row varchar);
create table covered (load bigint, tool varchar, account varchar, channel varchar, day date, measure varchar, total double, in_ledger boolean);
-- left_out: facts of channels that channel.csv no longer names; they are in no total
create table left_out (channel varchar, load bigint, rows_left_out bigint, first_day date, last_day date);
-- part_value: the devices and regions that the exports name
create table part_value (part varchar, value varchar);
-- freshness: the newest day that each tool gave of each channel, and when it came in; days behind the newest of all
create table freshness (source varchar, channel varchar, last_day date, loaded_at timestamp, age_days bigint, max_lag_days bigint);
create table build_info (generation bigint, built_at timestamp, reporting_currency varchar, first_day date, last_day date, recipe varchar);
