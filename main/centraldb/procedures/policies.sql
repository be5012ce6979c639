-- Who may see and write what. Applied again as a whole whenever this file changes.
--
-- Row-level security is forced: the functions of this folder run as the owner of the tables and are held to the same
-- policies. Grants decide which tables a desktop may write by itself; where it has no grant, the write policies bind only
-- those functions.

do $$
declare
  each record;
begin
  for each in select schemaname, tablename, policyname from pg_policies
              where schemaname in ('public', 'logging') and policyname like 'swapdesk\_%' loop
    execute format('drop policy %I on %I.%I', each.policyname, each.schemaname, each.tablename);
  end loop;
end
$$;

-- One tenant a row. `reads`: permissions, one of which is needed to see the row; `writes`: to insert or update it.
create or replace function access.guard_table(target regclass, visible text, reads text[], writes text[]) returns void
language plpgsql
as $$
declare
  read_rule text := '(' || visible || ')' || access.one_of(reads);
  write_rule text := '(' || visible || ')' || access.one_of(writes);
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format('create policy swapdesk_read on %s for select using (%s)', target, read_rule);
  execute format('create policy swapdesk_insert on %s for insert with check (%s)', target, write_rule);
  execute format('create policy swapdesk_update on %s for update using (%s) with check (%s)', target, write_rule,
    write_rule);
end
$$;

-- Each permission is looked up once for a statement, not for each row.
create or replace function access.one_of(permissions text[]) returns text
language sql
as $$
  select ' and (' || string_agg(format('(select access.may(%L))', permission), ' or ') || ')'
  from unnest(permissions) as permission
$$;

do $$
declare
  tenant constant text :=
    '(select access.sees_all_providers()) or provider_id = any ((select access.visible_providers())::bigint[])';
  owner_of_line constant text := '(' || tenant || ') and ((select access.sees_all_customers()) '
    || 'or customer_id = any ((select access.visible_customers())::bigint[]))';
begin
  perform access.guard_table('service_provider', replace(tenant, 'provider_id', 'id'), '{providers.read}',
    '{providers.manage}');
  perform access.guard_table('customer', replace(owner_of_line, 'customer_id', 'customer.id'), '{lines.read}', '{lines.load}');
  perform access.guard_table('customer_rate_plan', tenant, '{lines.read}', '{lines.load}');
  perform access.guard_table('customer_rate_pool', tenant, '{lines.read}', '{lines.load}');
  -- A desktop has no right to write changes or assignments by itself: these rules bind the functions.
  perform access.guard_table('device', owner_of_line, '{lines.read}', '{lines.load,changes.run}');
  perform access.guard_table('device_customer_assignment', owner_of_line, '{lines.read}', '{changes.run}');
  perform access.guard_table('m2m_device_change', owner_of_line, '{changes.read}',
    '{changes.submit,changes.run,queue.manage}');
  perform access.guard_table('bulk_change', tenant, '{changes.read}', '{changes.submit,changes.run}');
  perform access.guard_table('thingspace_callback_log', tenant, '{changes.read}', '{callbacks.store}');
  perform access.guard_table('device_lease', tenant, '{changes.read}', '{changes.submit,changes.run,changes.control}');
  perform access.guard_table('provider_sender', tenant, '{changes.read}', '{changes.run}');
  perform access.guard_table('provider_pause', tenant, '{providers.read}', '{queue.manage}');
  -- A draft may name lines of any customer of its provider: who sees only some customers sees their own drafts.
  perform access.guard_table('shared_draft', '(' || tenant || ') and ((select access.sees_all_customers()) '
    || 'or shared_by = (select user_name from access.session_row()))', '{drafts.edit}', '{drafts.edit}');
  perform access.guard_table('shared_draft_part', tenant, '{drafts.edit}', '{drafts.edit}');
  perform access.guard_table('login_guard', tenant, '{providers.read}', '{changes.run,credentials.manage,lines.load}');
  perform access.guard_table('login_attempt', tenant, '{providers.read}', '{changes.run,credentials.manage,lines.load}');
  perform access.guard_table('alert',
    'case when provider_id is null then (select access.session_user_id()) is not null else ' || tenant || ' end',
    '{providers.read}', '{providers.read}');
end
$$;

-- A provider is new to everybody's scope: only who sees all of them may add one.
drop policy swapdesk_insert on service_provider;
create policy swapdesk_insert on service_provider for insert
  with check ((select access.sees_all_providers()) and (select access.may('providers.manage')));
-- Who sees only some customers makes no others.
drop policy swapdesk_insert on customer;
create policy swapdesk_insert on customer for insert with check (
  ((select access.sees_all_providers()) or provider_id = any ((select access.visible_providers())::bigint[]))
  and (select access.sees_all_customers()) and (select access.may('lines.load')));
-- A change is shown to whoever made it and to whoever sees one of its lines.
drop policy swapdesk_read on bulk_change;
create policy swapdesk_read on bulk_change for select using (
  ((select access.sees_all_providers()) or provider_id = any ((select access.visible_providers())::bigint[]))
  and (select access.may('changes.read'))
  and ((select access.sees_all_customers()) or created_by_user_id = (select access.session_user_id())
       or exists (select from m2m_device_change row_of where row_of.bulk_change_id = bulk_change.id)));
create policy swapdesk_delete on device for delete using (
  ((select access.sees_all_providers()) or provider_id = any ((select access.visible_providers())::bigint[]))
  and (select access.may('central.manage')));
-- Not for a desktop's own SQL: only for the identifier update, which runs as the owner and knows which line a change has
-- deleted at the carrier.
do $$
begin
  execute format('create policy swapdesk_retire on device for delete to %I using (
    ((select access.sees_all_providers()) or provider_id = any ((select access.visible_providers())::bigint[]))
    and (select access.may(''changes.run'')) and status = ''deactivated'')',
    (select tableowner from pg_tables where schemaname = 'public' and tablename = 'device'));
end
$$;
create policy swapdesk_delete on device_lease for delete using (
  ((select access.sees_all_providers()) or provider_id = any ((select access.visible_providers())::bigint[]))
  and ((select access.may('changes.run')) or (select access.may('changes.control'))
       or (select access.may('changes.submit'))));
create policy swapdesk_delete on provider_sender for delete using (
  ((select access.sees_all_providers()) or provider_id = any ((select access.visible_providers())::bigint[]))
  and (select access.may('changes.run')));
create policy swapdesk_delete on provider_pause for delete using (
  ((select access.sees_all_providers()) or provider_id = any ((select access.visible_providers())::bigint[]))
  and (select access.may('queue.manage')));
create policy swapdesk_delete on shared_draft for delete using (
  ((select access.sees_all_providers()) or provider_id = any ((select access.visible_providers())::bigint[]))
  and ((select access.sees_all_customers()) or shared_by = (select user_name from access.session_row()))
  and (select access.may('drafts.edit')));
create policy swapdesk_delete on login_attempt for delete using (
  ((select access.sees_all_providers()) or provider_id = any ((select access.visible_providers())::bigint[]))
  and ((select access.may('changes.run')) or (select access.may('credentials.manage'))
       or (select access.may('lines.load'))));

-- The change log is written by triggers that run as the owner, whoever changes a row: enabled, not forced.
alter table change_log enable row level security;
create policy swapdesk_read on change_log for select using (
  case when table_name = 'user_scope' then user_id = (select access.session_user_id())
  else ((select access.sees_all_providers()) or provider_id = any ((select access.visible_providers())::bigint[]))
    and (customer_id is null or (select access.sees_all_customers())
         or customer_id = any ((select access.visible_customers())::bigint[])) end);

-- The logs know providers by uid. A chain's own writer sees it; others need audit.read. Written by audit_append alone.
do $$
declare
  each regclass;
  rule constant text := 'user_uid = (select user_uid from access.session_row()) or ((select access.may(''audit.read'')) and '
    || '((select access.sees_all_providers()) or provider_uid = any ((select access.visible_provider_uids())::uuid[])))';
begin
  foreach each in array array['logging.audit_chain_head', 'logging.m2m_log', 'logging.mobility_log', 'logging.api_log',
    'logging.error_log']::regclass[] loop
    execute format('alter table %s enable row level security', each);
    execute format('create policy swapdesk_read on %s for select using (%s)', each, rule);
  end loop;
  alter table logging.metric enable row level security;
  create policy swapdesk_read on logging.metric for select using (
    (select access.sees_all_providers()) or provider_uid = any ((select access.visible_provider_uids())::uuid[]));
  create policy swapdesk_insert on logging.metric for insert with check (
    (select access.sees_all_providers()) or provider_uid = any ((select access.visible_provider_uids())::uuid[]));
end
$$;

drop function access.guard_table(regclass, text, text[], text[]);
drop function access.one_of(text[]);
