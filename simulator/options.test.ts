import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { helpText, readOptions, UsageError } from './options';

let dir = '';
beforeAll(async () => void (dir = await mkdtemp(join(tmpdir(), 'simulator-'))));
afterAll(() => rm(dir, { recursive: true }));

test('every option is read', async () => {
  const file = join(dir, 'good.json');
  await writeFile(file, '[{"fault":{"kind":"drop"},"nth":2}]');
  const words = ['--port', '9001', '--lines', '12', '--seed', '5', '--accounts', '2', '--state', 'x.jsonl'];
  expect(await readOptions([...words, '--latency-ms', '10-20', '--strict-ports', '--faults', file])).toEqual({
    port: 9001,
    lines: 12,
    seed: 5,
    accounts: 2,
    state: 'x.jsonl',
    latencyMs: [10, 20],
    strictPorts: true,
    faults: [{ fault: { kind: 'drop' }, nth: 2 }],
  });
  expect((await readOptions(['--latency-ms', '0']))?.latencyMs).toEqual([0, 0]);
  expect(await readOptions(['--lines', '3', '--help'])).toBeUndefined();
});

test.each<[string[], string]>([
  [['--ports', '1'], "Unknown option '--ports'"],
  [['--port', 'high'], '--port: expected a whole number'],
  [['--port', '70000'], '--port: expected a whole number from 0 to 65535'],
  [['--lines=-1'], '--lines'],
  [['--accounts', '0'], '--accounts'],
  [['--seed', '1.5'], '--seed'],
  [['--latency-ms', '900-200'], '--latency-ms: expected MS or LEAST-MOST'],
  [['--faults', '/no/such/file.json'], '--faults: cannot read /no/such/file.json'],
  [['extra'], 'Unexpected argument'],
])('%j is wrong usage', async (words, message) => {
  await expect(readOptions(words)).rejects.toThrow(UsageError);
  await expect(readOptions(words)).rejects.toThrow(message);
});

test('a mistake in a fault file is named with its place', async () => {
  const file = join(dir, 'bad.json');
  await writeFile(file, '{"rules":[{"fault":{"kind":"explode"}}]}');
  await expect(readOptions(['--faults', file])).rejects.toThrow('rules[0].fault.kind: unknown "explode"');
  await writeFile(file, '{"rules":');
  await expect(readOptions(['--faults', file])).rejects.toThrow(UsageError);
});

test('help names the options and the public credentials', () => {
  for (const word of ['--port', '--lines', '--seed', '--faults', '--state', '--latency-ms', '--strict-ports'])
    expect(helpText()).toContain(word);
  expect(helpText()).toContain('clientId training-key-3  clientSecret training-secret-3');
});
