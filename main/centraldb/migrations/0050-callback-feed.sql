-- Desks take callbacks from here, also those that a receiver on a server has stored.

alter table thingspace_callback_log
  -- The transaction that stored it: a reader behind the oldest open one misses no late commit.
  add column xid xid8 not null default pg_current_xact_id();
create index thingspace_callback_log_feed on thingspace_callback_log (xid, id);
