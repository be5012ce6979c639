-- Drafts that were handed over: each waits here, and nowhere else, until one permitted user of its provider takes it.

create table shared_draft (
  uid uuid primary key,
  provider_id bigint not null references service_provider,
  name text not null,
  change_type text not null,
  row_count int not null,
  note text not null,
  -- The draft without its rows, as the desk keeps it.
  head jsonb not null,
  shared_by text not null,
  shared_at timestamptz not null default now(),
  -- Set by whoever takes it; the same user at the same desk may ask again, until it is there.
  taken_by text,
  taken_desktop uuid
);
create index shared_draft_provider on shared_draft (provider_id);

create table shared_draft_part (
  draft_uid uuid not null references shared_draft on delete cascade,
  part_no int not null,
  provider_id bigint not null references service_provider,
  rows jsonb not null,
  primary key (draft_uid, part_no)
);
create index shared_draft_part_provider on shared_draft_part (provider_id);
