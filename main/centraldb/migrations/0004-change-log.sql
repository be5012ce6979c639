-- What changed, for mirrors that pull. One row for each thing and customer, moved to the end whenever the thing changes, so
-- the log never grows beyond the things themselves.
--
-- How to read it: order and cursor are (xid, seq), never seq alone: a transaction that began earlier may commit later with
-- a lower seq. Read only xid < pg_snapshot_xmin(pg_current_snapshot()): everything below that has ended, so nothing can
-- appear behind the cursor any more. For each row fetch the thing by its uid: what row-level security still shows is stored,
-- what it does not show any more (deleted, or moved to a customer outside the user's scope) is removed from the mirror.
-- That is why a thing that moves between customers leaves a row under the old one too, with gone = true.
create sequence change_sequence as bigint;
create table change_log (
  table_name text not null,
  uid uuid not null,
  -- Whose scope the row belongs to. Null in table user_scope.
  provider_id bigint,
  customer_id bigint,
  -- Only for table user_scope: pull everything anew.
  user_id bigint,
  gone boolean not null default false,
  xid xid8 not null default pg_current_xact_id(),
  seq bigint not null default nextval('change_sequence'),
  changed_at timestamptz not null default now(),
  unique nulls not distinct (table_name, uid, customer_id)
);
create index change_log_cursor on change_log (xid, seq);
