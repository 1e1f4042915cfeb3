-- The landed rows where every load holds the ledger of all it covers: as they are.
create temp view ledger_daily as
select * from landed_daily
