-- The audit trail of the desks. A chain has one writer, and this database countersigns its head: an entry that was once
-- handed over can't be changed, left out or cut off at the desk without the difference showing here.
--
-- The hash covers the entry's RFC 8785 form, which SQL can't make: what is checked here is that each entry follows the one
-- before (number and prevHash) and that nothing already stored comes again with another hash. The hashes themselves are
-- checked by `audit verify`.

-- Appends entries of one chain, in order; entries that are stored already may come again. Answers {seq, hash, appended}.
-- Raises SW409: audit-foreign-chain, audit-unreadable, audit-gap, audit-rewritten.
create or replace function audit_append(of_chain text, entries jsonb) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
  me record;
  parts constant text[] := string_to_array(of_chain, ':');
  tenant_uid uuid;
  head logging.audit_chain_head;
  last_entry jsonb;
begin
  perform access.demand('lines.read', 'audit.read', 'callbacks.store');
  select * into me from access.session_row();
  -- desktop:<desktop uid>:<user uid|guest>:<provider uid|none>
  if cardinality(parts) is distinct from 4 or parts[1] <> 'desktop' or parts[2] <> me.desktop_uid::text
    or parts[3] not in (me.user_uid::text, 'guest')
    or (parts[4] <> 'none' and not exists (select from service_provider where uid::text = parts[4])) then
    raise exception 'audit-foreign-chain' using errcode = 'SW409', hint = 'audit-foreign-chain', detail = of_chain;
  end if;
  tenant_uid := nullif(parts[4], 'none')::uuid;
  insert into logging.audit_chain_head (chain, provider_uid, user_uid, seq, hash)
  values (of_chain, tenant_uid, nullif(parts[3], 'guest')::uuid, 0, repeat('0', 64)) on conflict do nothing;
  select * into head from logging.audit_chain_head where chain = of_chain for update;
  perform access.check_entries(head, parts[4], entries);
  perform access.store_entries(head, entries);
  last_entry := entries -> -1;
  if (last_entry ->> 'seq')::bigint > head.seq then
    update logging.audit_chain_head set seq = (last_entry ->> 'seq')::bigint, hash = last_entry ->> 'hash',
      countersigned_at = now() where chain = of_chain;
    return jsonb_build_object('seq', (last_entry ->> 'seq')::bigint, 'hash', last_entry ->> 'hash',
      'appended', (last_entry ->> 'seq')::bigint - head.seq);
  end if;
  return jsonb_build_object('seq', head.seq, 'hash', head.hash, 'appended', 0);
end
$$;

create or replace function access.check_entries(head logging.audit_chain_head, provider_part text, entries jsonb)
returns void
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp set enable_seqscan = off
as $$
declare
  bad record;
begin
  select e ->> 'seq' as seq into bad from jsonb_array_elements(entries) e
  where e ->> 'chain' is distinct from head.chain or e ->> 'provider' is distinct from provider_part
    or coalesce(e ->> 'stream', '') not in ('m2m', 'mobility', 'api', 'error')
    or coalesce(e ->> 'hash', '') !~ '^[0-9a-f]{64}$' or coalesce(e ->> 'prevHash', '') !~ '^[0-9a-f]{64}$'
    or coalesce(e ->> 'seq', '') !~ '^[1-9][0-9]{0,15}$' limit 1;
  if found then
    raise exception 'audit-unreadable' using errcode = 'SW409', hint = 'audit-unreadable', detail = head.chain || ' ' || coalesce(bad.seq, '?');
  end if;
  -- What is stored already must come again as it was.
  select e ->> 'seq' as seq into bad from jsonb_array_elements(entries) e
  left join lateral (
    select entry.hash from logging.stored_entry entry
    where entry.chain = head.chain and entry.seq = (e ->> 'seq')::bigint limit 1) s on true
  where (e ->> 'seq')::bigint <= head.seq and s.hash is distinct from e ->> 'hash' limit 1;
  if found then
    raise exception 'audit-rewritten' using errcode = 'SW409', hint = 'audit-rewritten', detail = head.chain || ' ' || bad.seq;
  end if;
  select fresh.seq into bad from (
    select (e ->> 'seq')::bigint as seq, e ->> 'prevHash' as prev_hash,
      lag((e ->> 'seq')::bigint, 1, head.seq) over (order by position) as seq_before,
      lag(e ->> 'hash', 1, head.hash) over (order by position) as hash_before
    from jsonb_array_elements(entries) with ordinality x (e, position)
    where (e ->> 'seq')::bigint > head.seq
  ) fresh where fresh.seq <> fresh.seq_before + 1 or fresh.prev_hash <> fresh.hash_before limit 1;
  if found then
    raise exception 'audit-gap' using errcode = 'SW409', hint = 'audit-gap', detail = head.chain || ' ' || bad.seq;
  end if;
end
$$;

-- Every entry that desks handed over, whichever log it lies in.
create or replace view logging.stored_entry with (security_invoker = true) as
  select 'm2m' as stream, l.* from logging.m2m_log l where l.chain is not null
  union all select 'mobility', l.* from logging.mobility_log l where l.chain is not null
  union all select 'api', l.* from logging.api_log l where l.chain is not null
  union all select 'error', l.* from logging.error_log l where l.chain is not null;

create or replace function access.store_entries(head logging.audit_chain_head, entries jsonb) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
  target record;
begin
  for target in select * from (values ('m2m', 'm2m_log'), ('mobility', 'mobility_log'), ('api', 'api_log'),
    ('error', 'error_log')) as logs (stream, table_name) loop
    execute format('insert into logging.%I (chain, seq, at, at_text, actor, action, provider, provider_uid, user_uid,
        change_uid, row_no, device_change_uid, device_id, correlation_id, details, prev_hash, hash)
      select e ->> ''chain'', (e ->> ''seq'')::bigint, (e ->> ''at'')::timestamptz, e ->> ''at'', e ->> ''actor'',
        e ->> ''action'', e ->> ''provider'', $2, $3, e ->> ''change'', (e ->> ''row'')::integer, e ->> ''deviceChange'',
        (e ->> ''deviceId'')::bigint, e ->> ''correlationId'', coalesce(e -> ''details'', ''{}''), e ->> ''prevHash'',
        e ->> ''hash''
      from jsonb_array_elements($1) e where e ->> ''stream'' = $4 and (e ->> ''seq'')::bigint > $5', target.table_name)
    using entries, head.provider_uid, head.user_uid, target.stream, head.seq;
  end loop;
end
$$;

-- What this database countersigned, of the chains that the session's user may see.
create or replace function audit_heads(prefix text) returns table (chain text, seq bigint, hash text,
  countersigned_at timestamptz)
language sql stable set search_path = pg_catalog, public, pg_temp
as $$
  select h.chain, h.seq, h.hash, h.countersigned_at from logging.audit_chain_head h
  where starts_with(h.chain, prefix) and h.seq > 0 order by h.chain
$$;
