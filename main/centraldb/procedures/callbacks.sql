-- Callbacks of the carrier: stored by desks and receivers, read by every desk that sees their provider.

-- A hint without a payload: who listens asks the log, which shows them only their own.
create or replace function access.hint_callbacks() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
  perform pg_notify('swapdesk_callback', '');
  return null;
end
$$;

create or replace trigger hint_callbacks after insert on thingspace_callback_log
for each statement execute function access.hint_callbacks();
