-- Who is asking. The setting `swapdesk.session` holds a session token and nothing else: any role may write any setting, so a
-- user or tenant number in it could be forged; a token of 256 random bits can't be guessed. These functions resolve it over
-- user_session, which no desktop role can read. They are STABLE and are written `(select …)` in policies, so that each is
-- evaluated once for a statement and not for each row.

-- The user behind the token; null for a missing, wrong, expired or ended one, and for a disabled user.
create or replace function access.session_user_id() returns bigint
language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
  select s.user_id
  from user_session s join app_user u on u.id = s.user_id
  where s.token_hash = sha256(convert_to(current_setting('swapdesk.session', true), 'UTF8'))
    and s.ended_at is null and s.expires_at > now() and u.disabled_at is null
$$;

create or replace function access.sees_all_providers() returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
  select coalesce((select u.all_providers from app_user u where u.id = access.session_user_id()), false)
$$;

create or replace function access.visible_providers() returns bigint[]
language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
  select coalesce(array_agg(distinct provider_id), '{}') from user_scope where user_id = access.session_user_id()
$$;

-- All customers of the providers that the user sees.
create or replace function access.sees_all_customers() returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
  select coalesce((select u.all_customers from app_user u where u.id = access.session_user_id()), false)
$$;

create or replace function access.visible_customers() returns bigint[]
language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
  select coalesce(array_agg(distinct customer_id) filter (where customer_id is not null), '{}')
  from user_scope where user_id = access.session_user_id()
$$;

create or replace function access.may(wanted text) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
  select exists (
    select from app_user u join role_permission p on p.role = u.role
    where u.id = access.session_user_id() and p.permission = wanted)
$$;

-- Raises `not-permitted` unless one of the permissions is there; main turns SQLSTATE SW403 into its own error.
create or replace function access.demand(variadic wanted text[]) returns void
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
  if access.session_user_id() is null then
    raise exception 'session-ended' using errcode = 'SW401';
  end if;
  if not exists (select from unnest(wanted) as permission where access.may(permission)) then
    raise exception 'not-permitted' using errcode = 'SW403', detail = array_to_string(wanted, ' or ');
  end if;
end
$$;

-- Number of a provider that the user sees. Raises SW409 `provider-unknown`.
create or replace function access.provider_no(of_provider uuid) returns bigint
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
  tenant bigint;
begin
  select id into tenant from service_provider where uid = of_provider;
  if tenant is null then
    raise exception 'provider-unknown' using errcode = 'SW409', hint = 'provider-unknown';
  end if;
  return tenant;
end
$$;

-- The session's own row, for functions that stamp user and desktop on what they write.
create or replace function access.session_row() returns table (user_id bigint, user_uid uuid, user_name text,
  desktop_uid uuid, desktop_name text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
  select u.id, u.uid, u.name, s.desktop_uid, s.desktop_name
  from user_session s join app_user u on u.id = s.user_id
  where s.token_hash = sha256(convert_to(current_setting('swapdesk.session', true), 'UTF8'))
    and s.ended_at is null and s.expires_at > now() and u.disabled_at is null
$$;

create or replace function access.scope_of(wanted_user bigint, out role text, out provider_uids uuid[],
  out customer_uids uuid[])
language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
  select u.role,
    case when u.all_providers then null else
      (select coalesce(array_agg(distinct s.provider_uid), '{}') from user_scope s where s.user_id = u.id) end,
    case when u.all_customers then null else
      (select coalesce(array_agg(distinct s.customer_uid) filter (where s.customer_uid is not null), '{}')
       from user_scope s where s.user_id = u.id) end
  from app_user u where u.id = wanted_user
$$;

-- A session lives twelve hours from its last use. Renewed once an hour at most, so that using it does not mean writing.
-- False: there is no such session (any more).
create or replace function access.touch_session(token text) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
  found_session record;
begin
  select s.id, s.expires_at into found_session
  from user_session s join app_user u on u.id = s.user_id
  where s.token_hash = sha256(convert_to(token, 'UTF8'))
    and s.ended_at is null and s.expires_at > now() and u.disabled_at is null;
  if found_session.id is null then
    return false;
  end if;
  if found_session.expires_at < now() + interval '11 hours' and not pg_is_in_recovery() then
    update user_session set last_used_at = now(), expires_at = now() + interval '12 hours'
    where id in (
      -- Another transaction of the same session may be renewing it, and may stay open for long.
      select id from user_session where id = found_session.id and ended_at is null for update skip locked);
  end if;
  return true;
end
$$;

create or replace function access.visible_provider_uids() returns uuid[]
language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
  select coalesce(array_agg(distinct provider_uid), '{}') from user_scope where user_id = access.session_user_id()
$$;
