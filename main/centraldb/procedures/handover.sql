-- Handing a draft from desk to desk. A draft is in one place only, so that no row of it is sent twice.

-- Stores a draft without its rows. `taken`: somebody has it already; `stored`: its parts may follow in this transaction.
create or replace function draft_share(draft uuid, of_provider uuid, draft_head jsonb, share_note text) returns text
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
  perform access.demand('drafts.edit');
  if exists (select from shared_draft where uid = draft and taken_by is not null) then
    return 'taken';
  end if;
  delete from shared_draft where uid = draft;
  insert into shared_draft (uid, provider_id, name, change_type, row_count, note, head, shared_by)
  values (draft, access.provider_no(of_provider), draft_head ->> 'name', draft_head ->> 'change_type',
    (draft_head ->> 'row_count')::int, share_note, draft_head, (select user_name from access.session_row()));
  return 'stored';
end
$$;

create or replace function draft_share_part(draft uuid, part int, part_rows jsonb) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
  perform access.demand('drafts.edit');
  insert into shared_draft_part (draft_uid, part_no, provider_id, rows)
  select uid, part, provider_id, part_rows from shared_draft where uid = draft and taken_by is null;
end
$$;

-- [{uid, name, …}] that nobody has taken, of the providers that the user sees.
create or replace function drafts_shared() returns jsonb
language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
  select coalesce(jsonb_agg(jsonb_build_object('uid', d.uid, 'name', d.name, 'providerUid', p.uid,
    'providerName', p.name, 'changeType', d.change_type, 'rows', d.row_count, 'note', d.note, 'sharedBy', d.shared_by,
    'sharedAt', (extract(epoch from d.shared_at) * 1000)::bigint) order by d.shared_at desc), '[]')
  from shared_draft d join service_provider p on p.id = d.provider_id
  where d.taken_by is null
$$;

-- The draft without its rows, from now on this desk's; null: there is none, or somebody else has it.
create or replace function draft_take(draft uuid) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
  me record;
  taken jsonb;
begin
  perform access.demand('drafts.edit');
  select * into me from access.session_row();
  update shared_draft set taken_by = me.user_name, taken_desktop = me.desktop_uid
  where uid = draft and (taken_by is null or (taken_by = me.user_name and taken_desktop = me.desktop_uid))
  returning head into taken;
  return taken;
end
$$;

-- Rows of a draft that this desk has taken; null: there are no more.
create or replace function draft_taken_part(draft uuid, part int) returns jsonb
language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
  select p.rows from shared_draft_part p join shared_draft d on d.uid = p.draft_uid, access.session_row() me
  where d.uid = draft and p.part_no = part and d.taken_by = me.user_name and d.taken_desktop = me.desktop_uid
$$;

-- The desk that took it has it on its disk.
create or replace function draft_taken(draft uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
  me record;
begin
  perform access.demand('drafts.edit');
  select * into me from access.session_row();
  delete from shared_draft where uid = draft and taken_by = me.user_name and taken_desktop = me.desktop_uid;
end
$$;
