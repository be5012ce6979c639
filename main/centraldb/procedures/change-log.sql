-- Writes change_log, set-based: one insert for a statement, however many rows it touched (transition tables).

-- `entries` is ordered, so that two transactions that touch the same things take the rows in the same order.
create or replace function access.log_changes(of_table text, uids uuid[], providers bigint[], customers bigint[],
  are_gone boolean[]) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
  insert into change_log (table_name, uid, provider_id, customer_id, gone)
  select distinct on (e.uid, e.customer) of_table, e.uid, e.provider, e.customer, e.is_gone
  from unnest(uids, providers, customers, are_gone) as e (uid, provider, customer, is_gone)
  order by e.uid, e.customer, e.is_gone
  on conflict (table_name, uid, customer_id) do update
    set provider_id = excluded.provider_id, gone = excluded.gone, xid = pg_current_xact_id(),
        seq = nextval('public.change_sequence'), changed_at = now()
$$;

-- Arguments: the expressions of provider and customer in the table's rows.
create or replace function access.note_change() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
  provider constant text := tg_argv[0];
  customer constant text := tg_argv[1];
  now_rows constant text := format('select uid, %s as provider, %s as customer, false as is_gone from new_rows', provider,
    customer);
  old_rows constant text := format('select uid, %s as provider, %s as customer, true as is_gone from old_rows', provider,
    customer);
  source text;
begin
  -- On update an old row under the same customer is covered by the new one: `is_gone` sorts false first.
  source := case tg_op when 'INSERT' then now_rows when 'DELETE' then old_rows
    else now_rows || ' union all ' || old_rows end;
  execute format('select access.log_changes(%L, array_agg(uid), array_agg(provider), array_agg(customer), '
    || 'array_agg(is_gone)) from (%s) touched having count(*) > 0', tg_table_name, source);
  return null;
end
$$;

-- A user's scope changed: that user's mirrors are made anew.
create or replace function access.note_scope_change(of_user bigint) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
  insert into change_log (table_name, uid, user_id)
  select 'user_scope', u.uid, u.id from app_user u where u.id = of_user
  on conflict (table_name, uid, customer_id) do update
    set xid = pg_current_xact_id(), seq = nextval('public.change_sequence'), changed_at = now()
$$;

do $$
declare
  each record;
begin
  for each in select * from (values
    ('service_provider', 'id', 'null::bigint'), ('customer', 'provider_id', 'id'),
    ('customer_rate_plan', 'provider_id', 'null::bigint'), ('customer_rate_pool', 'provider_id', 'null::bigint'),
    ('device', 'provider_id', 'customer_id')) as tables (name, provider, customer)
  loop
    execute format('create or replace trigger note_insert after insert on %I referencing new table as new_rows '
      || 'for each statement execute function access.note_change(%L, %L)', each.name, each.provider, each.customer);
    execute format('create or replace trigger note_update after update on %I referencing old table as old_rows '
      || 'new table as new_rows for each statement execute function access.note_change(%L, %L)', each.name,
      each.provider, each.customer);
    execute format('create or replace trigger note_delete after delete on %I referencing old table as old_rows '
      || 'for each statement execute function access.note_change(%L, %L)', each.name, each.provider, each.customer);
  end loop;
end
$$;

-- Counts what happened to a row, and when, whoever writes it.
create or replace function access.stamp_update() returns trigger
language plpgsql volatile set search_path = pg_catalog, public, pg_temp
as $$
begin
  new.updated_at := now();
  new.row_version := old.row_version + 1;
  return new;
end
$$;

do $$
declare
  each text;
begin
  foreach each in array array['service_provider', 'customer', 'customer_rate_plan', 'customer_rate_pool', 'device'] loop
    execute format('create or replace trigger stamp_update before update on %I for each row '
      || 'execute function access.stamp_update()', each);
  end loop;
end
$$;
