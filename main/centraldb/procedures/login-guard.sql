-- Logins at the carrier, over all desks. Five refused logins lock the account there; here two refused ones stop the provider
-- until a person resets it. An attempt is counted before it is made, so that many desks with the same wrong password make
-- two logins between them and not two each.
--
-- refused:   attempts that the carrier refused since the last login that it accepted
-- under way: begun less than 90 s ago, and nothing heard of since
-- abandoned: begun, and never heard of again (its desk was killed, or the answer was lost): it may have been refused
-- An attempt may be made while refused + under way < 2 and all three together < 4.

create or replace function access.guard_provider(of_provider uuid) returns bigint
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
  tenant bigint;
begin
  perform access.demand('changes.run', 'credentials.manage', 'lines.load');
  tenant := access.provider_no(of_provider);
  insert into login_guard (provider_id) values (tenant) on conflict do nothing;
  -- Judging and counting go one after the other.
  perform from login_guard where provider_id = tenant for update;
  return tenant;
end
$$;

-- `go`, `wait` (others are trying: ask again soon), or `stopped`.
create or replace function login_guard_try(of_provider uuid) returns text
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
  tenant constant bigint := access.guard_provider(of_provider);
  me record;
  refused integer;
  under_way integer;
  abandoned integer;
begin
  if exists (select from login_guard where provider_id = tenant and stopped_at is not null) then
    return 'stopped';
  end if;
  select * into me from access.session_row();
  update login_attempt set outcome = 'abandoned'
  where provider_id = tenant and outcome is null and started_at < clock_timestamp() - interval '90 seconds';
  select count(*) filter (where outcome = 'refused'), count(*) filter (where outcome is null),
    count(*) filter (where outcome = 'abandoned') into refused, under_way, abandoned
  from login_attempt where provider_id = tenant;
  if refused + under_way >= 2 and under_way > 0 then
    return 'wait';
  end if;
  if refused + under_way + abandoned >= 4 then
    perform access.stop_provider(tenant, me.user_name, 'Several logins at the carrier ended without an answer');
    return 'stopped';
  end if;
  insert into login_attempt (provider_id, desktop_uid, started_at) values (tenant, me.desktop_uid, clock_timestamp());
  return 'go';
end
$$;

create or replace function access.stop_provider(tenant bigint, by_user text, reason text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
  update login_guard set stopped_at = now(), stopped_by = by_user where provider_id = tenant and stopped_at is null;
  if found then
    insert into alert (provider_id, code, message, raised_by)
    select id, 'provider-stopped', reason || ': ' || name || ' is stopped on every desk. Check its credentials, then unlock '
      || 'it.', by_user
    from service_provider where id = tenant
    on conflict do nothing;
  end if;
end
$$;

-- The carrier forgets earlier refusals when a login succeeds, and so does the guard.
create or replace function login_guard_succeeded(of_provider uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
  tenant constant bigint := access.guard_provider(of_provider);
begin
  delete from login_attempt where provider_id = tenant;
end
$$;

-- The latest attempt of this desk that nobody has ended yet: how the desk says what became of it.
create or replace function access.own_attempt(tenant bigint) returns bigint
language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
  select id from login_attempt
  where provider_id = tenant and outcome is distinct from 'refused'
    and desktop_uid = (select desktop_uid from access.session_row())
  order by outcome nulls first, id desc limit 1
$$;

create or replace function login_guard_failed(of_provider uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
  tenant constant bigint := access.guard_provider(of_provider);
  me record;
begin
  select * into me from access.session_row();
  update login_attempt set outcome = 'refused' where id = access.own_attempt(tenant);
  if not found then
    insert into login_attempt (provider_id, desktop_uid, outcome) values (tenant, me.desktop_uid, 'refused');
  end if;
  if (select count(*) from login_attempt where provider_id = tenant and outcome = 'refused') >= 2 then
    perform access.stop_provider(tenant, me.user_name, 'The carrier refused two logins');
  end if;
end
$$;

create or replace function login_guard_uncount(of_provider uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
  tenant constant bigint := access.guard_provider(of_provider);
begin
  delete from login_attempt where id = access.own_attempt(tenant);
end
$$;

create or replace function login_guard_reset(of_provider uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
  tenant constant bigint := access.guard_provider(of_provider);
begin
  perform access.demand('credentials.manage');
  delete from login_attempt where provider_id = tenant;
  update login_guard set stopped_at = null, stopped_by = null, reset_at = now(),
    reset_by = (select user_name from access.session_row())
  where provider_id = tenant;
end
$$;
