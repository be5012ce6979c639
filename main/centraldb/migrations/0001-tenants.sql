-- Service providers (the tenants), their customers, plans, pools and lines.
--
-- Every business row has a number (`id`, shown) and a UUIDv7 (`uid`, made where the row is created; pushing it twice is
-- pushing it once). The tenant is part of every foreign key, so that no row can point at another tenant's row.
-- Rights and row-level security policies: ../procedures/policies.sql. Roles: ../roles.ts.

-- Every function is closed to everybody until policies.sql opens it by name.
alter default privileges revoke execute on functions from public;

-- Functions that policies and other functions use; ../procedures/sessions.sql and following.
create schema access;

-- A UUIDv7 for rows that are made by a statement here. PostgreSQL has a function of its own only from 18 on.
create function new_uid() returns uuid
language sql volatile
as $$
  select encode(
    set_bit(set_bit(
      overlay(uuid_send(gen_random_uuid())
        placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6),
      52, 1), 53, 1), 'hex')::uuid
$$;

-- Which database this is: a mirror that was made from another one is pulled anew.
create table central_identity (
  only_row boolean primary key default true check (only_row),
  uid uuid not null default new_uid(),
  created_at timestamptz not null default now()
);
insert into central_identity default values;

create table service_provider (
  id bigint generated always as identity primary key,
  uid uuid not null default new_uid() unique,
  name text not null unique check (name = btrim(name) and name <> ''),
  -- Leading zeros belong to it.
  account text not null check (account <> ''),
  base_url text not null,
  service_type text not null default '4g',
  -- Chooses the log: m2m_log or mobility_log.
  portal text not null default 'm2m' check (portal in ('m2m', 'mobility')),
  -- Swaps a minute over the fleet; null: no limit.
  rate_per_minute integer check (rate_per_minute > 0),
  concurrency integer not null default 10 check (concurrency between 1 and 1000),
  callback_url text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  row_version bigint not null default 1
);

create table customer (
  id bigint generated always as identity primary key,
  uid uuid not null default new_uid() unique,
  provider_id bigint not null references service_provider,
  name text not null check (name = btrim(name) and name <> ''),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  row_version bigint not null default 1,
  unique (provider_id, name),
  unique (provider_id, id)
);

create table customer_rate_plan (
  id bigint generated always as identity primary key,
  uid uuid not null default new_uid() unique,
  provider_id bigint not null references service_provider,
  name text not null check (name = btrim(name) and name <> ''),
  -- The carrier's code of the plan, where one belongs to it.
  carrier_plan text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  row_version bigint not null default 1,
  unique (provider_id, name),
  unique (provider_id, id)
);

create table customer_rate_pool (
  id bigint generated always as identity primary key,
  uid uuid not null default new_uid() unique,
  provider_id bigint not null references service_provider,
  name text not null check (name = btrim(name) and name <> ''),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  row_version bigint not null default 1,
  unique (provider_id, name),
  unique (provider_id, id)
);

create table device (
  id bigint generated always as identity primary key,
  uid uuid not null default new_uid() unique,
  provider_id bigint not null references service_provider,
  iccid text not null check (iccid ~ '^[0-9]{18,22}$'),
  imei text check (imei ~ '^[0-9]{14,16}$'),
  mdn text,
  eid text,
  status text not null default 'unknown'
    check (status in ('active', 'suspended', 'deactivated', 'preactive', 'unknown')),
  -- The carrier's code of the plan that the line is on.
  carrier_plan text,
  customer_id bigint,
  customer_rate_plan_id bigint,
  customer_rate_pool_id bigint,
  last_connection_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  row_version bigint not null default 1,
  unique (provider_id, id),
  -- Unique over all tenants: a SIM and a piece of hardware exist once. Deferrable, so that a chain (A takes B's, B takes
  -- C's) fits into one transaction. A deferrable constraint can't be named by ON CONFLICT.
  constraint device_iccid_key unique (iccid) deferrable initially immediate,
  constraint device_imei_key unique (imei) deferrable initially immediate,
  foreign key (provider_id, customer_id) references customer (provider_id, id),
  foreign key (provider_id, customer_rate_plan_id) references customer_rate_plan (provider_id, id),
  foreign key (provider_id, customer_rate_pool_id) references customer_rate_pool (provider_id, id)
);
create index device_provider_mdn on device (provider_id, mdn);
create index device_provider_eid on device (provider_id, eid);
create index device_customer on device (provider_id, customer_id);

-- Which customer, plan and pool a line had, and from when. Written with an identifier update that asks for it. A row whose
-- day is still to come has no applied_at, and is applied by the first desk that works on or after that day.
create table device_customer_assignment (
  id bigint generated always as identity primary key,
  uid uuid not null default new_uid() unique,
  provider_id bigint not null references service_provider,
  device_id bigint not null,
  customer_id bigint,
  customer_rate_plan_id bigint,
  customer_rate_pool_id bigint,
  effective_date date not null,
  device_change_uid uuid unique,
  assigned_by text not null,
  created_at timestamptz not null default now(),
  applied_at timestamptz,
  foreign key (provider_id, device_id) references device (provider_id, id) on delete cascade,
  foreign key (provider_id, customer_id) references customer (provider_id, id),
  foreign key (provider_id, customer_rate_plan_id) references customer_rate_plan (provider_id, id),
  foreign key (provider_id, customer_rate_pool_id) references customer_rate_pool (provider_id, id)
);
create index device_customer_assignment_device on device_customer_assignment (provider_id, device_id, id);
create index device_customer_assignment_due on device_customer_assignment (effective_date) where applied_at is null;
