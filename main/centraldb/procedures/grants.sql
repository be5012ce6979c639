-- What a desktop may touch: everything that is not named here is closed to it (migration 0001 takes EXECUTE from everybody).

grant usage on schema logging, access to swapdesk_desktop;
grant select on swapdesk_migration, central_identity, role_permission, service_provider, customer, customer_rate_plan,
  customer_rate_pool, device, device_customer_assignment, bulk_change, m2m_device_change, thingspace_callback_log,
  device_lease, provider_sender, provider_pause, login_guard, alert, change_log, logging.audit_chain_head, logging.m2m_log,
  logging.mobility_log, logging.api_log, logging.error_log, logging.stored_entry, logging.metric to swapdesk_desktop;
grant insert, update on service_provider, customer, customer_rate_plan, customer_rate_pool, device to swapdesk_desktop;
grant delete on device to swapdesk_desktop;
grant insert on thingspace_callback_log, logging.metric to swapdesk_desktop;
grant execute on function new_uid(), access.session_user_id(), access.sees_all_providers(), access.visible_providers(),
  access.visible_provider_uids(), access.sees_all_customers(), access.visible_customers(), access.may(text),
  access.session_row(), access.touch_session(text) to swapdesk_desktop;
grant execute on function
  sign_in_salt(text), sign_in(text, bytea, uuid, text, bytea), session_resume(text, uuid), sign_out(),
  user_add(uuid, text, text, bytea, bytea, text[], text[]), user_list(), user_disable(text),
  lease_enrol(jsonb, jsonb, interval), lease_renew(uuid[], interval), lease_mark_sending(uuid, bigint, interval),
  lease_release(uuid[]), sender_acquire(uuid, interval), sender_renew(uuid, bigint, interval),
  sender_release(uuid, bigint),
  usp_update_identifier_for_thingspace(uuid, uuid, bigint, text, text, text, text, text, text, text, date, text, bigint),
  device_change_push(jsonb), login_guard_try(uuid), login_guard_succeeded(uuid), login_guard_failed(uuid), login_guard_uncount(uuid),
  login_guard_reset(uuid), alert_raise(uuid, text, text, text), alert_acknowledge(uuid),
  provider_pause_begin(uuid, text), provider_pause_end(uuid), provider_pauses(), device_change_edit(uuid, text, text),
  draft_share(uuid, uuid, jsonb, text), draft_share_part(uuid, int, jsonb), drafts_shared(), draft_take(uuid),
  draft_taken_part(uuid, int), draft_taken(uuid), audit_append(text, jsonb),
  audit_heads(text)
  to swapdesk_desktop;

-- A receiver stores callbacks and its own audit chain. Of a provider it reads what it takes to know whose a callback is.
grant usage on schema logging, access to swapdesk_receiver;
grant select on swapdesk_migration, central_identity to swapdesk_receiver;
grant select (id, uid, name, account, base_url, service_type, portal, rate_per_minute, concurrency, callback_url)
  on service_provider to swapdesk_receiver;
grant insert on thingspace_callback_log to swapdesk_receiver;
grant execute on function new_uid(), access.session_user_id(), access.sees_all_providers(), access.visible_providers(),
  access.may(text), access.session_row(), access.touch_session(text), sign_in_salt(text),
  sign_in(text, bytea, uuid, text, bytea), session_resume(text, uuid), sign_out(), audit_append(text, jsonb),
  audit_heads(text) to swapdesk_receiver;
