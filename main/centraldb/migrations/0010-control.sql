-- What people say to the whole fleet: a provider that is paused on every desk, and alerts of which each stands once.

create table provider_pause (
  provider_id bigint primary key references service_provider,
  note text not null,
  paused_by text not null,
  paused_at timestamptz not null default now()
);

-- What exactly it is about, such as the uid of a change; empty: the provider as a whole.
alter table alert add column subject text not null default '';
create unique index alert_open_once on alert (provider_id, code, subject)
  where acknowledged_at is null and provider_id is not null;
