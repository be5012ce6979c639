-- What people say to the whole fleet.

-- Nothing more of the provider is sent, by whichever desk. What was sent is followed.
create or replace function provider_pause_begin(of_provider uuid, pause_note text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
  perform access.demand('queue.manage');
  insert into provider_pause (provider_id, note, paused_by)
  values (access.provider_no(of_provider), pause_note, (select user_name from access.session_row()))
  on conflict (provider_id) do nothing;
end
$$;

create or replace function provider_pause_end(of_provider uuid) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
  perform access.demand('queue.manage');
  delete from provider_pause where provider_id = access.provider_no(of_provider);
  return found;
end
$$;

-- [{providerUid, note, by, at}], of the providers that the user sees.
create or replace function provider_pauses() returns jsonb
language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
  select coalesce(jsonb_agg(jsonb_build_object('providerUid', p.uid, 'note', h.note, 'by', h.paused_by,
    'at', (extract(epoch from h.paused_at) * 1000)::bigint)), '[]')
  from provider_pause h join service_provider p on p.id = h.provider_id
$$;

-- A person corrects what a row that was surely not carried out is to become. False: it is not this desk's, or was applied.
create or replace function device_change_edit(device_change uuid, next_iccid text, next_imei text) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
  me record;
begin
  perform access.demand('queue.manage');
  select * into me from access.session_row();
  update m2m_device_change set new_iccid = next_iccid, new_imei = next_imei, updated_at = now()
  where uid = device_change and desktop_uid = me.desktop_uid and applied_at is null;
  return found;
end
$$;

-- An alert of the same kind about the same thing stands once. Answers its uid.
drop function if exists alert_raise(uuid, text, text);
create or replace function alert_raise(of_provider uuid, alert_code text, about text, alert_message text) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
  tenant constant bigint := access.provider_no(of_provider);
begin
  perform access.demand('changes.run');
  insert into alert (provider_id, code, subject, message, raised_by)
  values (tenant, alert_code, about, alert_message, (select user_name from access.session_row()))
  on conflict do nothing;
  return (select uid from alert
    where provider_id = tenant and code = alert_code and subject = about and acknowledged_at is null);
end
$$;

create or replace function alert_acknowledge(of_alert uuid) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
  perform access.demand('changes.run', 'changes.approve', 'credentials.manage');
  update alert set acknowledged_at = now(), acknowledged_by = (select user_name from access.session_row())
  where uid = of_alert and acknowledged_at is null;
  return found;
end
$$;
