-- A line has at most one open change over all desktops; a provider has at most one sender. Every lease carries a fencing
-- number that only grows: whoever comes with an older one has lost it.
--
-- Rows are looked up one by one by their index (`cross join lateral (… limit 1)`, no sequential scan): right after many rows came
-- the planner has no statistics, takes the tables for empty, and would compare each of 5,000 rows with each of 5,000 (35 s).

-- Stores a submitted change and its rows by uid, and grants or refuses each row's lease, in one statement for all rows.
-- Called again it answers the same. A lease that has run out (never sent) is given to whoever asks.
-- Answers {centralId, grants: [{uid, centralId, granted, fencing, heldBy}]}; raises SW409 for what cannot be stored.
create or replace function lease_enrol(change jsonb, change_rows jsonb, valid_for interval) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
  me record;
  tenant bigint;
  bulk record;
begin
  perform access.demand('changes.submit', 'changes.run');
  select * into me from access.session_row();
  tenant := access.provider_no((change ->> 'providerUid')::uuid);
  insert into bulk_change (uid, provider_id, change_type, name, plan_hash, request, created_by, created_by_user_id,
    desktop_uid, created_at)
  values ((change ->> 'uid')::uuid, tenant, change ->> 'changeType', change ->> 'name', change ->> 'planHash',
    change -> 'request', change ->> 'createdBy', me.user_id, me.desktop_uid, (change ->> 'createdAt')::timestamptz)
  on conflict (uid) do nothing;
  select id, provider_id, plan_hash into bulk from bulk_change where uid = (change ->> 'uid')::uuid;
  if bulk.id is null or bulk.provider_id <> tenant or bulk.plan_hash <> change ->> 'planHash' then
    raise exception 'change-differs' using errcode = 'SW409', hint = 'change-differs', detail = change ->> 'uid';
  end if;
  perform access.apply_due_assignments();
  perform access.store_rows(bulk.id, tenant, change_rows, me.user_id, me.desktop_uid);
  perform access.grant_leases(tenant, change_rows, me.user_id, me.desktop_uid, me.desktop_name, valid_for);
  return jsonb_build_object('centralId', bulk.id, 'grants', access.lease_answers(tenant, change_rows));
end
$$;

create or replace function access.store_rows(bulk bigint, tenant bigint, change_rows jsonb, user_no bigint, desktop uuid)
returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp set enable_seqscan = off
as $$
  insert into m2m_device_change (uid, provider_id, bulk_change_id, row_no, device_id, customer_id, old_iccid, old_imei,
    new_iccid, new_imei, change_request, user_id, desktop_uid)
  select r.uid, tenant, bulk, r.row_no, d.id, d.customer_id, r.old ->> 'iccid', r.old ->> 'imei', r.new ->> 'iccid',
    r.new ->> 'imei', r.request, user_no, desktop
  from (select (e ->> 'uid')::uuid uid, (e ->> 'rowNo')::integer row_no, (e ->> 'deviceId')::bigint device_id,
          e -> 'old' as old, e -> 'new' as new, e -> 'changeRequest' as request
        from jsonb_array_elements(change_rows) e) r
  -- A line of another tenant, or outside the user's scope, is not there: the row is not stored and not granted.
  cross join lateral (
    select line.id, line.customer_id from device line where line.id = r.device_id and line.provider_id = tenant limit 1) d
  on conflict do nothing
$$;

-- In the order of the lines, so that two desks that ask for the same lines wait for each other and never in a circle.
create or replace function access.grant_leases(tenant bigint, change_rows jsonb, user_no bigint, desktop uuid,
  desktop_label text, valid_for interval) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp set enable_seqscan = off
as $$
  insert into device_lease as held (device_id, provider_id, device_change_uid, user_id, desktop_uid, desktop_name,
    fencing, expires_at)
  select c.device_id, tenant, c.uid, user_no, desktop, desktop_label, nextval('fencing_number'),
    clock_timestamp() + valid_for
  from (
    -- The first row of a line, when a change names it twice.
    select distinct on (c.device_id) c.device_id, c.uid
    from jsonb_array_elements(change_rows) e cross join lateral (
      select stored.device_id, stored.uid, stored.row_no, stored.applied_at, stored.status from m2m_device_change stored
      where stored.uid = (e ->> 'uid')::uuid and stored.provider_id = tenant limit 1) c
    where c.applied_at is null and c.status not in ('processed', 'cancelled', 'rolled_back')
    order by c.device_id, c.row_no
  ) c
  order by c.device_id
  on conflict (device_id) do update
    set device_change_uid = excluded.device_change_uid, user_id = excluded.user_id, desktop_uid = excluded.desktop_uid,
        desktop_name = excluded.desktop_name, fencing = excluded.fencing, expires_at = excluded.expires_at,
        granted_at = now()
    where held.expires_at < clock_timestamp() and held.device_change_uid <> excluded.device_change_uid
$$;

create or replace function access.lease_answers(tenant bigint, change_rows jsonb) returns jsonb
language sql stable security definer set search_path = pg_catalog, public, pg_temp set enable_seqscan = off
as $$
  select coalesce(jsonb_agg(jsonb_build_object('uid', r.uid, 'centralId', coalesce(c.id, 0),
      'granted', coalesce(l.device_change_uid = r.uid, false),
      'fencing', case when l.device_change_uid = r.uid then l.fencing else 0 end,
      'heldBy', case
        when c.id is null then 'no line of this number that you may change'
        when l.device_change_uid = r.uid then null
        when l.device_id is null then 'the change has already ended centrally (' || c.status || ')'
        else u.name || ' at ' || l.desktop_name end) order by r.position), '[]')
  from (select (e ->> 'uid')::uuid uid, position from jsonb_array_elements(change_rows) with ordinality x (e, position)) r
  left join lateral (
    select stored.id, stored.device_id, stored.status from m2m_device_change stored
    where stored.uid = r.uid and stored.provider_id = tenant limit 1) c on true
  left join lateral (
    select held.device_id, held.device_change_uid, held.fencing, held.desktop_name, held.user_id from device_lease held
    where held.device_id = c.device_id limit 1) l on true
  left join lateral (select person.name from app_user person where person.id = l.user_id limit 1) u on true
$$;

-- Renews the leases of rows that are still open here; answers the uids that are no longer ours.
create or replace function lease_renew(device_changes uuid[], valid_for interval) returns uuid[]
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp set enable_seqscan = off
as $$
declare
  me record;
begin
  perform access.demand('changes.submit', 'changes.run');
  select * into me from access.session_row();
  update device_lease l set expires_at = clock_timestamp() + valid_for
  from (select device_id from device_lease
        where device_change_uid = any (device_changes) and desktop_uid = me.desktop_uid and expires_at is not null
        order by device_id for update) mine
  where l.device_id = mine.device_id;
  return array(select wanted from unnest(device_changes) wanted
    where not exists (select from device_lease l where l.device_change_uid = wanted and l.desktop_uid = me.desktop_uid));
end
$$;

-- The row is about to be sent: from here on its lease does not run out. False when the lease is not ours any more, or so
-- near its end that another desk might hold it before the request is out.
create or replace function lease_mark_sending(device_change uuid, with_fencing bigint, margin interval) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
  me record;
begin
  perform access.demand('changes.run');
  select * into me from access.session_row();
  update device_lease set expires_at = null
  where device_change_uid = device_change and fencing = with_fencing and desktop_uid = me.desktop_uid
    and (expires_at is null or expires_at > clock_timestamp() + margin);
  return found;
end
$$;

create or replace function lease_release(device_changes uuid[]) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
  me record;
begin
  perform access.demand('changes.submit', 'changes.run', 'changes.control');
  select * into me from access.session_row();
  delete from device_lease where device_change_uid = any (device_changes) and desktop_uid = me.desktop_uid;
end
$$;

-- One sender a provider. Answers {fencing} or {holder}. A desk that asks again while it holds it gets a new number: its
-- earlier process, if it still lives, must notice.
create or replace function sender_acquire(of_provider uuid, valid_for interval) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
  me record;
  tenant bigint;
  given bigint;
begin
  perform access.demand('changes.run');
  select * into me from access.session_row();
  tenant := access.provider_no(of_provider);
  insert into provider_sender as held (provider_id, user_id, desktop_uid, desktop_name, fencing, expires_at)
  values (tenant, me.user_id, me.desktop_uid, me.desktop_name, nextval('fencing_number'), clock_timestamp() + valid_for)
  on conflict (provider_id) do update
    set user_id = excluded.user_id, desktop_uid = excluded.desktop_uid, desktop_name = excluded.desktop_name,
        fencing = excluded.fencing, expires_at = excluded.expires_at, acquired_at = now()
    where held.expires_at < clock_timestamp() or held.desktop_uid = excluded.desktop_uid
  returning fencing into given;
  if given is not null then
    return jsonb_build_object('fencing', given);
  end if;
  return (select jsonb_build_object('holder', u.name || ' at ' || s.desktop_name)
    from provider_sender s join app_user u on u.id = s.user_id where s.provider_id = tenant);
end
$$;

create or replace function sender_renew(of_provider uuid, with_fencing bigint, valid_for interval) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
  me record;
begin
  perform access.demand('changes.run');
  select * into me from access.session_row();
  update provider_sender s set expires_at = clock_timestamp() + valid_for
  from service_provider p
  where p.id = s.provider_id and p.uid = of_provider and s.fencing = with_fencing and s.desktop_uid = me.desktop_uid;
  return found;
end
$$;

create or replace function sender_release(of_provider uuid, with_fencing bigint) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
  me record;
begin
  perform access.demand('changes.run');
  select * into me from access.session_row();
  delete from provider_sender s using service_provider p
  where p.id = s.provider_id and p.uid = of_provider and s.fencing = with_fencing and s.desktop_uid = me.desktop_uid;
end
$$;
