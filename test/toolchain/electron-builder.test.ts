import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../scripts/build-stamp.mjs';

// electron-builder brings both its schema's judge and its own YAML reader; neither is a package of ours.
const fromBuilder = createRequire(createRequire(import.meta.url).resolve('electron-builder/package.json'));
const { validateConfiguration } = fromBuilder('app-builder-lib/out/util/config/config.js');
const yaml = createRequire(fromBuilder.resolve('app-builder-lib/package.json'))('js-yaml');

const readConfig = () => yaml.load(readFileSync(join(root, 'electron-builder.yml'), 'utf8'));
const judge = (config: unknown) => validateConfiguration(config, { isEnabled: false, add: () => undefined });

describe('electron-builder.yml', () => {
  it("keeps to electron-builder's own schema", async () => {
    await expect(judge(readConfig())).resolves.toBeUndefined();
  });

  it('would be refused with a word that electron-builder does not know', async () => {
    await expect(judge({ ...readConfig(), electronFuse: {} })).rejects.toThrow('electronFuse');
    await expect(judge({ ...readConfig(), asar: 'yes please' })).rejects.toThrow('asar');
  });

  it('sets every fuse that the packaged program has', () => {
    const schema = JSON.parse(readFileSync(fromBuilder.resolve('app-builder-lib/scheme.json'), 'utf8'));
    const known = Object.keys(schema.definitions.FuseOptionsV1.properties).sort();
    expect(Object.keys(readConfig().electronFuses).sort()).toEqual(known);
  });

  it('burns the fuses the safe way', () => {
    expect(readConfig().electronFuses).toMatchObject({
      runAsNode: false,
      enableCookieEncryption: true,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      grantFileProtocolExtraPrivileges: false,
    });
  });

  it('packs for the three systems and publishes nowhere', () => {
    const config = readConfig();
    const targets = [config.win, config.mac, config.linux].map((system) =>
      system.target.map((target: { target: string }) => target.target),
    );
    expect(targets).toEqual([['nsis'], ['dmg'], ['AppImage', 'deb']]);
    expect(config.publish).toBeNull();
  });
});
