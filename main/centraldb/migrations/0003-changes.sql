-- Bulk changes, their rows, and what keeps desks from getting into each other's way.

create table bulk_change (
  id bigint generated always as identity primary key,
  uid uuid not null unique,
  provider_id bigint not null references service_provider,
  change_type text not null check (change_type in ('ChangeICCID', 'ChangeIMEI', 'ChangeIMEIandICCID')),
  name text not null,
  plan_hash text not null,
  -- The BulkChangeRequest: what was asked for, as it was submitted.
  request jsonb not null,
  created_by text not null,
  created_by_user_id bigint not null references app_user,
  desktop_uid uuid not null,
  created_at timestamptz not null,
  stored_at timestamptz not null default now(),
  unique (provider_id, id)
);

create table m2m_device_change (
  id bigint generated always as identity primary key,
  uid uuid not null unique,
  provider_id bigint not null references service_provider,
  bulk_change_id bigint not null,
  row_no integer not null check (row_no > 0),
  device_id bigint not null,
  -- The line's customer when the change was stored: who may see the row.
  customer_id bigint,
  old_iccid text,
  old_imei text,
  new_iccid text,
  new_imei text,
  change_request jsonb not null,
  status text not null default 'created' check (status in ('created', 'queued', 'sending', 'submitted', 'unknown',
    'confirmed', 'processed', 'conflict', 'error', 'dead_letter', 'cancelled', 'rolled_back')),
  needs_person boolean not null default false,
  request_id text,
  attempts integer not null default 0,
  error jsonb,
  disposition jsonb,
  -- Set by the identifier update alone: its presence makes a second call answer `already applied`.
  applied_at timestamptz,
  processed_by text,
  -- The desk's own counter: an older state of the row changes nothing.
  row_version bigint not null default 0,
  user_id bigint not null references app_user,
  desktop_uid uuid not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (bulk_change_id, row_no),
  unique (provider_id, uid),
  foreign key (provider_id, bulk_change_id) references bulk_change (provider_id, id),
  foreign key (provider_id, device_id) references device (provider_id, id),
  foreign key (provider_id, customer_id) references customer (provider_id, id)
);
create index m2m_device_change_device on m2m_device_change (provider_id, device_id);
create index m2m_device_change_request on m2m_device_change (provider_id, request_id) where request_id is not null;
create index m2m_device_change_open on m2m_device_change (provider_id, status)
  where status in ('created', 'queued', 'sending', 'submitted', 'unknown', 'confirmed');

create table thingspace_callback_log (
  id bigint generated always as identity primary key,
  uid uuid not null default new_uid() unique,
  provider_id bigint not null references service_provider,
  request_id text not null,
  status text not null,
  -- SHA-256 of what the callback says: a repetition is one row.
  digest text not null,
  -- Redacted.
  body jsonb not null,
  received_by text not null,
  received_at timestamptz not null default now(),
  unique (provider_id, request_id, digest)
);

-- Numbers that only grow: whoever holds an older one has lost what it was given.
create sequence fencing_number as bigint;

-- A line has at most one open change over all desktops.
create table device_lease (
  device_id bigint primary key,
  provider_id bigint not null references service_provider,
  device_change_uid uuid not null unique,
  user_id bigint not null references app_user,
  desktop_uid uuid not null,
  desktop_name text not null,
  fencing bigint not null,
  granted_at timestamptz not null default now(),
  -- Null once the row is about to be sent: from then on the lease can't run out by itself.
  expires_at timestamptz,
  foreign key (provider_id, device_id) references device (provider_id, id) on delete cascade,
  foreign key (provider_id, device_change_uid) references m2m_device_change (provider_id, uid)
);

-- One sender a provider over the fleet.
create table provider_sender (
  provider_id bigint primary key references service_provider,
  user_id bigint not null references app_user,
  desktop_uid uuid not null,
  desktop_name text not null,
  fencing bigint not null,
  acquired_at timestamptz not null default now(),
  expires_at timestamptz not null
);

-- Two refused logins stop the provider for every desk; five would lock the account at the carrier.
create table login_guard (
  provider_id bigint primary key references service_provider,
  stopped_at timestamptz,
  stopped_by text,
  reset_at timestamptz,
  reset_by text
);
-- Logins since the last one that was accepted. Outcome null: under way.
create table login_attempt (
  id bigint generated always as identity primary key,
  provider_id bigint not null references service_provider,
  desktop_uid uuid not null,
  started_at timestamptz not null default now(),
  outcome text check (outcome in ('refused', 'abandoned'))
);
create index login_attempt_provider on login_attempt (provider_id);

-- Shown on every desk until somebody acknowledges it. Provider null: concerns everybody.
create table alert (
  id bigint generated always as identity primary key,
  uid uuid not null default new_uid() unique,
  provider_id bigint references service_provider,
  code text not null,
  message text not null,
  raised_by text not null,
  raised_at timestamptz not null default now(),
  acknowledged_by text,
  acknowledged_at timestamptz
);
create index alert_open on alert (provider_id) where acknowledged_at is null;
