-- The audit trail of every desk, as its hash chains hand it over (../procedures/audit.sql). A schema of its own, so that it
-- can be moved to another database: it refers to nothing outside itself by foreign keys.
create schema logging;

create table logging.audit_chain_head (
  -- desktop:<desktop uid>:<user uid>:<provider uid|none>
  chain text primary key,
  provider_uid uuid,
  user_uid uuid,
  seq bigint not null,
  hash text not null check (hash ~ '^[0-9a-f]{64}$'),
  countersigned_at timestamptz not null default now()
);

-- One shape, four logs: a change's own entries by the provider's portal, the carrier's calls, and faults.
create table logging.m2m_log (
  id bigint generated always as identity primary key,
  -- Chain, number and hashes of an entry that a desk handed over; all null for a row that a procedure here wrote.
  chain text,
  seq bigint check (seq > 0),
  at timestamptz not null,
  -- The entry's own writing of the time: the hash covers it.
  at_text text not null,
  actor text not null,
  action text not null,
  -- As the entry writes it; `none` when it belongs to no provider.
  provider text not null,
  provider_uid uuid,
  user_uid uuid,
  change_uid text,
  row_no integer,
  device_change_uid text,
  device_id bigint,
  correlation_id text,
  details jsonb not null,
  prev_hash text,
  hash text,
  received_at timestamptz not null default now(),
  unique (chain, seq),
  check (num_nulls(chain, seq, prev_hash, hash) in (0, 4))
);
create index m2m_log_change on logging.m2m_log (change_uid) where change_uid is not null;
create index m2m_log_device on logging.m2m_log (device_id) where device_id is not null;
create index m2m_log_at on logging.m2m_log (at);
create table logging.mobility_log (like logging.m2m_log including all);
create table logging.api_log (like logging.m2m_log including all);
create table logging.error_log (like logging.m2m_log including all);

create table logging.metric (
  id bigint generated always as identity primary key,
  provider_uid uuid,
  desktop_uid uuid not null,
  name text not null,
  value double precision not null,
  labels jsonb not null default '{}',
  at timestamptz not null default now()
);
create index metric_name_at on logging.metric (name, at);
