-- Users, sessions, scopes and the permission matrix. No desktop role may read these tables (role_permission excepted): it
-- reaches them through the functions of ../procedures/sessions.sql, sign-in.sql and users.sql.

create table role_permission (
  role text not null,
  permission text not null,
  primary key (role, permission)
);

create table app_user (
  id bigint generated always as identity primary key,
  uid uuid not null default new_uid() unique,
  name text not null check (name = btrim(name) and name <> ''),
  role text not null,
  -- scrypt's salt; the desktop derives the key from the password with it.
  salt bytea not null check (octet_length(salt) = 16),
  -- SHA-256 of the derived key: whoever reads this table still can't sign in with what it says.
  verifier bytea not null check (octet_length(verifier) = 32),
  -- Explicit, so that losing the last entry of user_scope never widens what a user sees.
  all_providers boolean not null,
  all_customers boolean not null,
  disabled_at timestamptz,
  last_sign_in_at timestamptz,
  created_at timestamptz not null default now(),
  created_by bigint references app_user
);
create unique index app_user_name_key on app_user (lower(name));

create table user_scope (
  id bigint generated always as identity primary key,
  user_id bigint not null references app_user on delete cascade,
  provider_id bigint not null references service_provider,
  provider_uid uuid not null references service_provider (uid),
  -- Null: the provider itself. A user with all_customers = false sees only the customers named here.
  customer_id bigint,
  customer_uid uuid references customer (uid),
  unique nulls not distinct (user_id, provider_id, customer_id),
  foreign key (provider_id, customer_id) references customer (provider_id, id)
);

create table user_session (
  id bigint generated always as identity primary key,
  uid uuid not null default new_uid() unique,
  -- SHA-256 of the token; the token itself is nowhere but in the desktop that was given it.
  token_hash bytea not null unique check (octet_length(token_hash) = 32),
  user_id bigint not null references app_user,
  desktop_uid uuid not null,
  desktop_name text not null,
  started_at timestamptz not null default now(),
  last_used_at timestamptz not null default now(),
  expires_at timestamptz not null,
  ended_at timestamptz,
  ended_why text
);
create index user_session_user on user_session (user_id) where ended_at is null;

-- Makes invented salts stable and the choice of the attempt counter unpredictable. 244 random bits.
create table central_secret (
  only_row boolean primary key default true check (only_row),
  secret bytea not null default sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))
);
insert into central_secret default values;

-- Sign-in attempts are counted in sequences, which no rollback takes back (../procedures/sign-in.sql). A name, known or
-- not, is hashed to one of them, so that being stopped does not tell whether the name exists.
do $$
begin
  for number in 0..63 loop
    execute format('create sequence sign_in_attempts_%s as bigint increment by 30000 minvalue 0 start 0', number);
  end loop;
end
$$;
