-- Signing in. The desktop derives a key from the password (scrypt, with the user's salt) and sends the key; this database
-- keeps only the SHA-256 of it. `sign_in` answers with a verdict and never raises, so that its caller has no error to
-- handle that would tell more than the verdict.
--
-- Attempts are counted in sequences, which no rollback takes back: whoever calls `sign_in` and rolls back has still used
-- one. A sequence holds an instant, in ms since 1970: the time until which attempts are used up at one in 30 s. Each
-- attempt moves it by 30 s (its increment), starting from now; ten may be ahead. That is the generic cell rate algorithm
-- (GCRA) with a rate of one in 30 s and a burst of ten. An accepted sign-in takes its own attempt back.

create or replace function access.keyed_hash(text_in text) returns bytea
language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
  select sha256(secret || sha256(secret || convert_to(text_in, 'UTF8'))) from central_secret
$$;

create or replace function access.now_ms() returns bigint
language sql volatile set search_path = pg_catalog, public, pg_temp
as $$
  select (extract(epoch from clock_timestamp()) * 1000)::bigint
$$;

-- The salt of a user; for an unknown name an invented one that stays the same, so that it does not tell.
create or replace function sign_in_salt(user_name text) returns bytea
language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
  select coalesce((select salt from app_user where lower(name) = lower(btrim(user_name))),
    substring(access.keyed_hash('salt:' || lower(btrim(user_name))) from 1 for 16))
$$;

-- Verdict: signed_in (with the session's facts), refused (name, password or a disabled user: not told apart), too_many (with
-- the seconds to wait), invalid (the call itself).
create or replace function sign_in(user_name text, proof bytea, desktop uuid, desktop_label text, new_token_hash bytea,
  out verdict text, out wait_seconds integer, out user_uid uuid, out name text, out role text, out provider_uids uuid[],
  out customer_uids uuid[], out expires_at timestamptz)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp set lock_timeout = '10s'
as $$
declare
  counter_no integer := get_byte(access.keyed_hash('attempts:' || lower(btrim(coalesce(user_name, '')))), 0) % 64;
  counter text := 'public.sign_in_attempts_' || counter_no;
  -- In a key space of two numbers, the first of which is ours.
  lock_space constant integer := 20240721;
begin
  verdict := 'invalid';
  if user_name is null or proof is null or octet_length(proof) <> 32 or desktop is null
    or new_token_hash is null or octet_length(new_token_hash) <> 32 then
    return;
  end if;
  perform pg_advisory_lock(lock_space, counter_no);
  begin
    select * into verdict, wait_seconds, user_uid, name, role, provider_uids, customer_uids, expires_at
    from access.judge_sign_in(counter, user_name, proof, desktop, desktop_label, new_token_hash);
  exception when others then
    verdict := 'invalid';
  end;
  perform pg_advisory_unlock(lock_space, counter_no);
exception when lock_not_available then
  verdict := 'too_many';
  wait_seconds := 10;
end
$$;

-- The part of sign_in that runs alone for its counter.
create or replace function access.judge_sign_in(counter text, user_name text, proof bytea, desktop uuid,
  desktop_label text, new_token_hash bytea, out verdict text, out wait_seconds integer, out user_uid uuid, out name text,
  out role text, out provider_uids uuid[], out customer_uids uuid[], out expires_at timestamptz)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
  used_up_until bigint;
  now_ms bigint := access.now_ms();
  burst_ms constant bigint := 10 * 30000;
  person record;
begin
  execute format('select last_value from %s', counter) into used_up_until;
  used_up_until := greatest(used_up_until, now_ms);
  if used_up_until + 30000 > now_ms + burst_ms then
    verdict := 'too_many';
    wait_seconds := ceil((used_up_until + 30000 - now_ms - burst_ms) / 1000.0);
    return;
  end if;
  -- setval is not undone by a rollback either.
  perform setval(counter, used_up_until + 30000);
  select u.id, u.uid, u.name into person from app_user u
  where lower(u.name) = lower(btrim(user_name)) and u.verifier = sha256(proof) and u.disabled_at is null;
  if person.id is null then
    verdict := 'refused';
    return;
  end if;
  perform setval(counter, used_up_until);
  insert into user_session (token_hash, user_id, desktop_uid, desktop_name, expires_at)
  values (new_token_hash, person.id, desktop, coalesce(nullif(btrim(desktop_label), ''), 'unnamed'),
    now() + interval '12 hours')
  returning user_session.expires_at into expires_at;
  update app_user set last_sign_in_at = now() where id = person.id;
  verdict := 'signed_in';
  user_uid := person.uid;
  name := person.name;
  select s.role, s.provider_uids, s.customer_uids into role, provider_uids, customer_uids
  from access.scope_of(person.id) s;
end
$$;

-- The facts of a session that was kept, renewed; no row when it has ended or belongs to another desktop.
create or replace function session_resume(token text, desktop uuid) returns table (user_uid uuid, name text, role text,
  provider_uids uuid[], customer_uids uuid[], expires_at timestamptz)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
#variable_conflict use_column
declare
  hash constant bytea := sha256(convert_to(token, 'UTF8'));
begin
  if not exists (select from user_session where token_hash = hash and desktop_uid = desktop)
    or not access.touch_session(token) then
    return;
  end if;
  return query
    select u.uid, u.name, f.role, f.provider_uids, f.customer_uids, s.expires_at
    from user_session s join app_user u on u.id = s.user_id cross join access.scope_of(u.id) f
    where s.token_hash = hash;
end
$$;

create or replace function sign_out() returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp
as $$
  update user_session set ended_at = now(), ended_why = 'signed out'
  where token_hash = sha256(convert_to(current_setting('swapdesk.session', true), 'UTF8')) and ended_at is null
$$;
