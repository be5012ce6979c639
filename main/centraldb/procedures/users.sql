-- Users and their scopes. An administrator gives away only what they see themselves, and sees only users within that.

-- True when everything that the other user sees, the session's user sees too.
create or replace function access.governs(other bigint) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
  select
    (access.sees_all_providers() or (not u.all_providers and not exists (
      select from user_scope s where s.user_id = u.id and s.provider_id <> all (access.visible_providers()))))
    and (access.sees_all_customers() or (not u.all_customers and not exists (
      select from user_scope s where s.user_id = u.id and s.customer_id <> all (access.visible_customers()))))
  from app_user u where u.id = other
$$;

create or replace function access.user_facts(wanted bigint) returns table (uid uuid, name text, role text,
  providers text[], customers text[], disabled boolean, last_sign_in_at timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
  select u.uid, u.name, u.role,
    coalesce((select array_agg(distinct p.name order by p.name) from user_scope s
              join service_provider p on p.id = s.provider_id where s.user_id = u.id), '{}'),
    coalesce((select array_agg(distinct c.name order by c.name) from user_scope s
              join customer c on c.id = s.customer_id where s.user_id = u.id), '{}'),
    u.disabled_at is not null, u.last_sign_in_at
  from app_user u where u.id = wanted
$$;

-- The names that are not known to the session's user, for the message; null when all are.
create or replace function access.unknown_names(kind text, wanted text[], known text[]) returns jsonb
language sql immutable set search_path = pg_catalog, public, pg_temp
as $$
  select case when count(*) > 0 then jsonb_build_object('problem', kind, 'names', jsonb_agg(name),
    'known', to_jsonb((select array_agg(k order by k) from unnest(known[1:50]) k))) end
  from unnest(wanted) as name where name <> all (known)
$$;

-- Answers {problem, …} or {user}. Problems: provider-unknown, customer-unknown, user-exists, scope-too-wide, role-unknown.
-- No providers: all of them; no customers: all of these providers' customers.
create or replace function user_add(new_uid uuid, user_name text, user_role text, user_salt bytea, user_verifier bytea,
  provider_names text[], customer_names text[]) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
  problem jsonb;
  added bigint;
  all_providers constant boolean := cardinality(provider_names) = 0 and cardinality(customer_names) = 0;
  all_customers constant boolean := cardinality(customer_names) = 0;
begin
  perform access.demand('users.manage');
  if not exists (select from role_permission where role = user_role) then
    return jsonb_build_object('problem', 'role-unknown');
  end if;
  problem := access.unknown_names('provider-unknown', provider_names,
    coalesce((select array_agg(name) from service_provider), '{}'));
  if problem is null then
    problem := access.unknown_names('customer-unknown', customer_names, coalesce((select array_agg(distinct c.name)
      from customer c join service_provider p on p.id = c.provider_id
      where cardinality(provider_names) = 0 or p.name = any (provider_names)), '{}'));
  end if;
  if problem is not null then
    return problem;
  end if;
  if (all_providers and not access.sees_all_providers()) or (all_customers and not access.sees_all_customers()) then
    return jsonb_build_object('problem', 'scope-too-wide');
  end if;
  insert into app_user (uid, name, role, salt, verifier, all_providers, all_customers, created_by)
  values (new_uid, btrim(user_name), user_role, user_salt, user_verifier, all_providers, all_customers,
    access.session_user_id())
  on conflict (lower(name)) do nothing
  returning id into added;
  if added is null then
    return jsonb_build_object('problem', 'user-exists');
  end if;
  insert into user_scope (user_id, provider_id, provider_uid, customer_id, customer_uid)
  select added, p.id, p.uid, c.id, c.uid
  from service_provider p left join customer c on c.provider_id = p.id and c.name = any (customer_names)
  where (p.name = any (provider_names) and (all_customers or c.id is not null or not exists (
           select from customer o where o.provider_id = p.id and o.name = any (customer_names))))
    or (cardinality(provider_names) = 0 and c.id is not null);
  perform access.note_scope_change(added);
  return jsonb_build_object('user', (select to_jsonb(f) from access.user_facts(added) f));
end
$$;

create or replace function user_list() returns table (uid uuid, name text, role text, providers text[],
  customers text[], disabled boolean, last_sign_in_at timestamptz)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
  perform access.demand('users.manage');
  return query select f.* from app_user u cross join access.user_facts(u.id) f
    where access.governs(u.id) order by u.name;
end
$$;

-- Ends the user's sessions too. Problems: user-unknown, last-administrator.
create or replace function user_disable(user_name text) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
  person app_user;
begin
  perform access.demand('users.manage');
  -- Two administrators who disable each other at the same time must not both succeed.
  lock table app_user in share row exclusive mode;
  select * into person from app_user where lower(name) = lower(btrim(user_name)) and access.governs(id);
  if person.id is null then
    return jsonb_build_object('problem', 'user-unknown');
  end if;
  if person.role = 'administrator' and not exists (
    select from app_user where role = 'administrator' and all_providers and all_customers and disabled_at is null
      and id <> person.id) then
    return jsonb_build_object('problem', 'last-administrator');
  end if;
  update app_user set disabled_at = coalesce(disabled_at, now()) where id = person.id;
  update user_session set ended_at = now(), ended_why = 'user disabled' where user_id = person.id and ended_at is null;
  return jsonb_build_object('user', (select to_jsonb(f) from access.user_facts(person.id) f));
end
$$;

-- For `central init` alone: no desktop may call it, and it works once.
create or replace function access.add_first_administrator(new_uid uuid, user_name text, user_salt bytea,
  user_verifier bytea) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
  lock table app_user in share row exclusive mode;
  if exists (select from app_user) then
    return false;
  end if;
  insert into app_user (uid, name, role, salt, verifier, all_providers, all_customers)
  values (new_uid, btrim(user_name), 'administrator', user_salt, user_verifier, true, true);
  return true;
end
$$;
