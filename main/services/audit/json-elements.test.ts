import fc from 'fast-check';
import { expect, it } from 'vitest';
import { splitJson, type JsonPart } from './json-elements';

async function* inChunks(text: string, sizeBytes: number): AsyncIterable<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let from = 0; from < bytes.length; from += sizeBytes) yield bytes.subarray(from, from + sizeBytes);
}

async function split(text: string, sizeBytes = 7): Promise<JsonPart[]> {
  const parts: JsonPart[] = [];
  for await (const part of splitJson(inChunks(text, sizeBytes), 'list')) parts.push(part);
  return parts;
}

it('finds members and elements, however the bytes are cut and the text is indented', async () => {
  const value = fc.jsonValue({ stringUnit: 'binary', maxDepth: 3 });
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(fc.string({ unit: 'binary' }), value, { maxKeys: 4 }),
      fc.array(value, { maxLength: 6 }),
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 0, max: 3 }),
      async (members, list, sizeBytes, indent) => {
        const { list: _list, ...others } = members;
        const parts = await split(JSON.stringify({ ...others, list }, null, indent), sizeBytes);
        const seen = parts.map((part) => [part.kind, JSON.parse(part.text) as unknown]);
        const named = parts.flatMap((part) => (part.kind === 'member' ? [part.name] : []));
        expect(named).toEqual(Object.keys(others));
        // JSON has no -0.
        const plain = (inner: unknown): unknown => JSON.parse(JSON.stringify(inner));
        expect(seen).toEqual([
          ...Object.values(others).map((inner) => ['member', plain(inner)]),
          ...list.map((inner) => ['element', plain(inner)]),
        ]);
      },
    ),
    { numRuns: 100 },
  );
}, 60_000);

it.each(['', ' ', '[1]', '"text"', '{"list":[1]', '{"list":[1]}x', '{"list":[1]}{}', '{"list":[1],}x', 'x{"list":[]}'])(
  'refuses %j',
  async (text) => {
    await expect(split(text)).rejects.toThrow(SyntaxError);
  },
);
