-- The identifier update, and the statuses that other desks see.

-- Compare-and-set of one line's identifiers, in one transaction with the device change's status, the customer's plan and pool
-- from their effective date, and the log. Answers {kind, reason?, found?}:
--   updated, already-applied (the same device change was applied before), conflict (with what was found).
-- Raises SW409 identifier-in-transit when the new identifier is still held by a line whose own open change gives it up: the
-- carrier has confirmed ours, so theirs has happened too, and only its answer is still on the way. Try again later.
create or replace function usp_update_identifier_for_thingspace(device_change uuid, provider uuid, device_no bigint,
  old_iccid text, old_imei text, new_iccid text, new_imei text, customer_name text, rate_plan text, rate_pool text,
  effective date, processed_by text, with_fencing bigint) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
#variable_conflict use_variable
declare
  change m2m_device_change;
  line device;
  lease device_lease;
  assigned jsonb;
begin
  perform access.demand('changes.run');
  -- The row lock makes a second call for the same change wait, and then see that it was applied.
  select c.* into change from m2m_device_change c join service_provider p on p.id = c.provider_id
  where c.uid = device_change and p.uid = provider for update of c;
  if change.id is null then
    return access.update_conflict('change-unknown', null);
  end if;
  if change.applied_at is not null then
    return jsonb_build_object('kind', 'already-applied');
  end if;
  if change.device_id <> device_no or change.new_iccid is distinct from new_iccid
    or change.new_imei is distinct from new_imei then
    return access.update_conflict('change-differs', null);
  end if;
  select l.* into lease from device_lease l where l.device_id = change.device_id;
  if lease.fencing > with_fencing then
    return access.update_conflict('lease-lost', null);
  end if;
  select d.* into line from device d where d.id = change.device_id and d.provider_id = change.provider_id for update;
  if line.id is null then
    return access.update_conflict('line-missing', null);
  end if;
  if (old_iccid is not null and line.iccid <> old_iccid)
    or (old_imei is not null and line.imei is distinct from old_imei) then
    return access.update_conflict('line-differs', line);
  end if;
  assigned := access.resolve_assignment(change.provider_id, customer_name, rate_plan, rate_pool);
  if assigned ? 'problem' then
    return access.update_conflict(assigned ->> 'problem', line);
  end if;
  perform access.retire_holder(change);
  begin
    update device d set iccid = coalesce(new_iccid, d.iccid), imei = coalesce(new_imei, d.imei) where d.id = line.id;
  exception when unique_violation then
    perform access.refuse_in_transit(line.id, new_iccid, new_imei);
    return access.update_conflict('identifier-taken', line);
  end;
  if assigned <> '{}' then
    perform access.assign_customer(change, assigned, coalesce(effective, current_date), processed_by);
  end if;
  update m2m_device_change c set status = 'processed', applied_at = now(), processed_by = processed_by,
    needs_person = false, updated_at = now() where c.id = change.id;
  delete from device_lease l where l.device_change_uid = device_change;
  perform access.log_update(change, line, processed_by);
  return jsonb_build_object('kind', 'updated');
end
$$;

-- The deactivated line that the desk had deleted at the carrier before the swap, as its change said when it was stored: its
-- identifiers are the other line's now. One that is active, or in a change of its own, stays, and the update is a conflict.
create or replace function access.retire_holder(change m2m_device_change) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
  gone text := change.change_request -> 'DeleteFirst' ->> 'id';
begin
  if gone is null or (gone is distinct from change.new_iccid and gone is distinct from change.new_imei) then
    return;
  end if;
  delete from device d
  where d.provider_id = change.provider_id and d.id <> change.device_id and d.status = 'deactivated'
    and (d.iccid = gone or d.imei = gone)
    and not exists (select from device_lease l where l.device_id = d.id);
end
$$;

create or replace function access.update_conflict(reason text, line device) returns jsonb
language sql immutable set search_path = pg_catalog, public, pg_temp
as $$
  select jsonb_build_object('kind', 'conflict', 'reason', reason, 'found',
    case when line.id is not null then jsonb_strip_nulls(jsonb_build_object('iccid', line.iccid, 'imei', line.imei)) end)
$$;

-- {customer?, plan?, pool?} as numbers, or {problem}.
create or replace function access.resolve_assignment(tenant bigint, customer_name text, rate_plan text, rate_pool text)
returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
  customer_no bigint := (select id from customer where provider_id = tenant and name = btrim(customer_name));
  plan_no bigint := (select id from customer_rate_plan where provider_id = tenant and name = btrim(rate_plan));
  pool_no bigint := (select id from customer_rate_pool where provider_id = tenant and name = btrim(rate_pool));
begin
  return case
    when customer_name is not null and customer_no is null then jsonb_build_object('problem', 'customer-unknown')
    when rate_plan is not null and plan_no is null then jsonb_build_object('problem', 'rate-plan-unknown')
    when rate_pool is not null and pool_no is null then jsonb_build_object('problem', 'rate-pool-unknown')
    else jsonb_strip_nulls(jsonb_build_object('customer', customer_no, 'plan', plan_no, 'pool', pool_no)) end;
end
$$;

create or replace function access.refuse_in_transit(line_no bigint, new_iccid text, new_imei text) returns void
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
#variable_conflict use_variable
begin
  if exists (
    select from device d join device_lease l on l.device_id = d.id
      join m2m_device_change c on c.uid = l.device_change_uid
    where d.id <> line_no
      and ((d.iccid = new_iccid and c.new_iccid is not null and c.new_iccid <> new_iccid)
        or (d.imei = new_imei and c.new_imei is not null and c.new_imei <> new_imei))) then
    raise exception 'identifier-in-transit' using errcode = 'SW409', hint = 'identifier-in-transit';
  end if;
end
$$;

create or replace function access.assign_customer(change m2m_device_change, assigned jsonb, effective date,
  assigned_by text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
#variable_conflict use_variable
begin
  insert into device_customer_assignment (provider_id, device_id, customer_id, customer_rate_plan_id,
    customer_rate_pool_id, effective_date, device_change_uid, assigned_by)
  values (change.provider_id, change.device_id, (assigned ->> 'customer')::bigint, (assigned ->> 'plan')::bigint,
    (assigned ->> 'pool')::bigint, effective, change.uid, assigned_by);
  perform access.apply_due_assignments();
end
$$;

-- Gives lines the customer, plan and pool whose day has come; what an assignment does not name stays. In the order of their
-- days, so that the latest wins. Called by every update and enrolment: nothing else runs in this database by itself.
create or replace function access.apply_due_assignments() returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
  due record;
begin
  for due in select * from device_customer_assignment where applied_at is null and effective_date <= current_date
             order by effective_date, id for update skip locked loop
    update device set customer_id = coalesce(due.customer_id, customer_id),
      customer_rate_plan_id = coalesce(due.customer_rate_plan_id, customer_rate_plan_id),
      customer_rate_pool_id = coalesce(due.customer_rate_pool_id, customer_rate_pool_id)
    where id = due.device_id;
    update device_customer_assignment set applied_at = now() where id = due.id;
  end loop;
end
$$;

-- The procedure's own log row, in the log of the provider's portal. It is in no chain: the desk's entry of the same update is.
create or replace function access.log_update(change m2m_device_change, line device, processed_by text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
  tenant service_provider;
begin
  select * into tenant from service_provider where id = change.provider_id;
  execute format('insert into logging.%I (at, at_text, actor, action, provider, provider_uid, user_uid, change_uid, row_no,
      device_change_uid, device_id, details)
    select now(), to_char(now() at time zone ''UTC'', ''YYYY-MM-DD"T"HH24:MI:SS.MS"Z"''), $1, ''line.updated'', $2::text,
      $2, (select user_uid from access.session_row()), b.uid::text, $3.row_no, $3.uid::text, $3.device_id,
      jsonb_build_object(''old'', jsonb_strip_nulls(jsonb_build_object(''iccid'', $4.iccid, ''imei'', $4.imei)),
        ''new'', jsonb_strip_nulls(jsonb_build_object(''iccid'', $3.new_iccid, ''imei'', $3.new_imei)))
    from bulk_change b where b.id = $3.bulk_change_id',
    case tenant.portal when 'mobility' then 'mobility_log' else 'm2m_log' end)
  using processed_by, tenant.uid, change, line;
end
$$;

-- Statuses by uid: [{uid, status, needsPerson, requestId, attempts, error, disposition, rowVersion}]. An older version of a
-- row changes nothing; a row whose identifiers were updated stays processed, or becomes rolled_back.
create or replace function device_change_push(pushed jsonb) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
  me record;
  r record;
  stored integer := 0;
begin
  perform access.demand('changes.submit', 'changes.run');
  select * into me from access.session_row();
  -- One by one, by the index of uid: see leases.sql for why not as one join.
  for r in select * from jsonb_to_recordset(pushed) as t (uid uuid, status text, "needsPerson" boolean, "requestId" text,
    attempts integer, error jsonb, disposition jsonb, "rowVersion" bigint) order by uid loop
    update m2m_device_change c
    set status = case when c.applied_at is null or r.status = 'rolled_back' then r.status else c.status end,
      needs_person = r."needsPerson", request_id = r."requestId", attempts = r.attempts, error = r.error,
      disposition = r.disposition, row_version = r."rowVersion", updated_at = now()
    where c.uid = r.uid and c.row_version < r."rowVersion" and c.desktop_uid = me.desktop_uid;
    if found then
      stored := stored + 1;
    end if;
  end loop;
  return stored;
end
$$;
