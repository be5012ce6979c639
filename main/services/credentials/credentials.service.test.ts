import { describe, expect, it } from 'vitest';
import { SwapdeskError } from '../../../shared/domain/fault';
import { createCredentialsService, createSecretStore, type ThingSpaceCredentials } from '.';

const credentials: ThingSpaceCredentials = {
  clientId: 'id',
  clientSecret: 'secret-1',
  username: 'user',
  password: 'pass-1',
};
const memory = () => createSecretStore({ mode: 'memory' });

describe('credentials', () => {
  it('are kept for each user and provider', async () => {
    let userUid = 'user-a';
    const service = createCredentialsService({
      secrets: await memory(),
      userUid: () => userUid,
      providerName: async () => null,
    });
    await service.save('provider-1', credentials);
    expect(await service.load('provider-1')).toEqual(credentials);
    expect(await service.has('provider-2')).toBe(false);
    userUid = 'user-b';
    expect(await service.has('provider-1')).toBe(false);
    userUid = 'user-a';
    await service.forget('provider-1');
    expect(await service.load('provider-1')).toBeNull();
    expect(service.store()).toEqual({ kind: 'memory', notice: expect.any(String) as string });
  });

  it('come from the preset by the name of the provider, until others are saved', async () => {
    const service = createCredentialsService({
      secrets: await memory(),
      userUid: () => 'user-a',
      preset: { North: credentials },
      providerName: async (uid) => (uid === 'provider-1' ? 'North' : null),
    });
    expect(await service.load('provider-1')).toEqual(credentials);
    expect(await service.load('provider-2')).toBeNull();
    await service.save('provider-1', { ...credentials, password: 'pass-2' });
    expect(await service.load('provider-1')).toMatchObject({ password: 'pass-2' });
  });

  it('that can not be read are named, not shown', async () => {
    const secrets = await memory();
    await secrets.set('thingspace:user-a:provider-1', '{"clientSecret":"secret-1"');
    const service = createCredentialsService({ secrets, userUid: () => 'user-a', providerName: async () => null });
    const error = await service.load('provider-1').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SwapdeskError);
    expect(error).toMatchObject({ code: 'credentials-unreadable' });
    expect(String(error)).not.toContain('secret-1');
  });
});
