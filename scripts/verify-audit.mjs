#!/usr/bin/env node
// Checks an audit trail that Swapdesk exported as JSON, without Swapdesk: one file, no package, any Node from version 20.
//
//   node verify-audit.mjs FILE [--head CHAIN=SEQ:HASH]… [--json]
//
// A head is the end of a chain as somebody else knows it: printed in a report, or kept by the central database. With it
// a tail that was cut off, file header and all, is named too.
//
// Exit 0: every entry is as it was written. 1: the first bad entry is named. 2: not such a file, or wrong usage.
//
// What is checked: each entry's `hash` is the SHA-256 of its RFC 8785 form without `hash`; `prevHash` is the hash of the
// entry before, 64 zeros for the first; numbers count 1, 2, 3 …; the last entry is the head that the file states. Of a
// filtered export only neighbours can be compared.
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/**
 * @typedef {{ seq: number, hash: string }} Head
 * @typedef {{ chain: string, seq: number, problem: string, detail: string }} Fault
 * @typedef {{ chain: string, complete: boolean, fromSeq: number, toSeq: number, entries: number, head: Head }} Stated
 * @typedef {{ chain: string, seq: number, prevHash: string, hash: string, computed: string }} Entry
 * @typedef {{ stated: Stated, heads: Head[], last: Head, lastLying: number, first: number, count: number, sound: number,
 *   gap: { wanted: number, found: number } | null, broken: Entry | null }} Chain
 * @typedef {{ ok: true, entries: number, chains: number, partialChains: number }
 *   | ({ ok: false, entries: number } & Fault)} Verdict
 */

class NotAnExport extends Error {}

const longestPartBytes = 64 * 1024 * 1024;

/** RFC 8785 of a parsed JSON value. JSON.stringify writes numbers and strings as the RFC asks. @param {unknown} value @returns {string} */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const members = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${members.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`;
}

/** @param {string} text */
const sha256 = (text) => createHash('sha256').update(text, 'utf8').digest('hex');

/** @param {string} text @returns {unknown} */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * The members of the document one after the other, and of `entries` each element, without holding the file in memory.
 * @param {AsyncIterable<Buffer>} chunks
 * @returns {AsyncGenerator<{ name: string | null, text: string }>} `name` null: an entry
 */
async function* parts(chunks) {
  let depth = 0;
  let inString = false;
  let escaped = false;
  let ended = false;
  /** @type {string | null} */
  let name = null;
  /** @type {Buffer[]} */
  let held = [];
  let heldBytes = 0;
  const take = () => {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(held)).trim();
    held = [];
    heldBytes = 0;
    return text;
  };
  /** @param {boolean} isRight */
  const demand = (isRight) => {
    if (!isRight) throw new SyntaxError('the document is not built as it should be');
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const sign = String.fromCharCode(chunk[at] ?? 0);
      if (inString) {
        if (escaped) escaped = false;
        else if (sign === '\\') escaped = true;
        else if (sign === '"') inString = false;
        continue;
      }
      if (sign === '"') inString = true;
      if (!'{}[],:'.includes(sign)) continue;
      const before = depth;
      if (sign === '{' || sign === '[') depth += 1;
      if (sign === '}' || sign === ']') depth -= 1;
      const inList = name === 'entries';
      const splits =
        Math.min(before, depth) < 1 ||
        (sign === ':' && depth === 1 && name === null) ||
        (sign === ',' && (depth === 1 || (depth === 2 && inList))) ||
        (inList && Math.min(before, depth) === 1);
      if (!splits) continue;
      demand(!ended);
      held.push(Buffer.from(chunk.subarray(start, at)));
      start = at + 1;
      const text = take();
      if (before === 0) demand(sign === '{' && text === '');
      else if (sign === ':') name = String(JSON.parse(text));
      else if (inList && depth === 2 && before === 1) demand(text === '');
      else if (inList && (depth === 2 || before === 2)) {
        if (text !== '' || sign === ',') yield { name: null, text };
      } else {
        demand(inList || name !== null ? inList === (text === '') : text === '');
        if (name !== null && !inList) yield { name, text };
        name = null;
        ended = depth === 0;
      }
    }
    const rest = chunk.subarray(start);
    heldBytes += rest.length;
    if (heldBytes > longestPartBytes) throw new SyntaxError('a part of the document is too long');
    held.push(Buffer.from(rest));
  }
  if (!ended) throw new SyntaxError('the document ends too early');
  if (take() !== '') throw new SyntaxError('there is something behind the end of the document');
}

/** @param {string} text @returns {Entry | string} why it is none */
function readEntry(text) {
  const value = /** @type {Record<string, unknown> | undefined} */ (parse(text));
  const isHash = (/** @type {unknown} */ hash) => typeof hash === 'string' && /^[0-9a-f]{64}$/.test(hash);
  if (value === null || typeof value !== 'object') return 'this is no audit entry';
  const { hash, ...sealed } = value;
  const { chain, seq, prevHash } = sealed;
  const isEntry = typeof chain === 'string' && typeof seq === 'number' && Number.isSafeInteger(seq) && seq > 0;
  if (!isEntry || !isHash(hash) || !isHash(prevHash)) return 'this is no audit entry';
  // Blanks may be added on the way; a key that stands twice would show one thing and hash another.
  const bare = text.replace(/("(?:[^"\\]|\\.)*")|\s+/g, '$1');
  if (canonical(value) !== bare) return 'the entry is not in its canonical form';
  return { chain, seq, prevHash: String(prevHash), hash: String(hash), computed: sha256(canonical(sealed)) };
}

/** @param {Chain} state @param {number} seq @param {string} problem @param {string} detail @returns {Fault} */
const faultAt = (state, seq, problem, detail) => ({ chain: state.stated.chain, seq, problem, detail });

/** @param {Chain} state @param {boolean} laterIsSound @returns {Fault} */
function brokenLink(state, laterIsSound) {
  const later = state.broken?.seq ?? 0;
  const seq = laterIsSound ? later - 1 : later;
  if (laterIsSound) state.sound -= 1;
  return faultAt(
    state,
    seq,
    'changed',
    `entry ${seq} was changed and sealed again: its neighbour was linked to another one`,
  );
}

/**
 * A gap or a broken link is told apart by what comes later, so the reading goes on until it is certain.
 * @param {Chain} state @param {Entry} entry @returns {Fault | null}
 */
function judge(state, entry) {
  const { complete } = state.stated;
  if (state.gap !== null) {
    if (entry.seq !== state.gap.wanted) return null;
    return faultAt(state, entry.seq, 'reordered', `entry ${entry.seq} stands behind entry ${state.gap.found}`);
  }
  if (state.broken !== null) {
    const tells = complete || entry.seq === state.broken.seq + 1;
    return brokenLink(state, tells && entry.prevHash === state.broken.hash);
  }
  const wanted = state.last.seq + 1;
  if (entry.computed !== entry.hash) {
    const seq = complete ? wanted : entry.seq;
    return faultAt(state, seq, 'changed', `entry ${seq} does not hash to what it was sealed with`);
  }
  if (entry.seq < wanted)
    return faultAt(state, entry.seq, 'reordered', `entry ${entry.seq} stands behind ${wanted - 1}`);
  if (entry.seq > wanted && complete) {
    state.gap = { wanted, found: entry.seq };
    return null;
  }
  if (entry.seq === wanted && entry.prevHash !== state.last.hash) {
    if (wanted === 1) return faultAt(state, 1, 'changed', 'the first entry claims a predecessor');
    state.broken = entry;
    return null;
  }
  if ([state.stated.head, ...state.heads].some(({ seq, hash }) => seq === entry.seq && hash !== entry.hash)) {
    return faultAt(state, entry.seq, 'changed', 'another entry is known in its place');
  }
  state.last = { seq: entry.seq, hash: entry.hash };
  state.sound += 1;
  return null;
}

/** @param {Chain} state @returns {Fault | null} */
function judgeEnd(state) {
  const { stated, gap, broken, last } = state;
  if (gap !== null) {
    const missing = gap.found - gap.wanted;
    const detail = missing === 1 ? `entry ${gap.wanted} is missing` : `${missing} entries are missing from here`;
    return faultAt(state, gap.wanted, 'missing', detail);
  }
  if (broken !== null) return brokenLink(state, stated.head.seq === broken.seq && stated.head.hash === broken.hash);
  if (!stated.complete) return judgeSelection(state);
  const reached = Math.max(...[stated.head, ...state.heads].map(({ seq }) => seq));
  if (last.seq < reached) {
    const end = last.seq === 0 ? 'nothing' : `entry ${last.seq}`;
    return faultAt(state, last.seq + 1, 'cut', `the chain ends at ${end}, but reached entry ${reached}`);
  }
  if (last.seq === stated.head.seq) return null;
  const added = stated.head.seq + 1;
  return faultAt(state, added, 'changed', `entry ${added} was added behind the recorded end`);
}

/** @param {Chain} state @returns {Fault | null} */
function judgeSelection(state) {
  const { stated, lastLying, first, count } = state;
  if (lastLying < stated.toSeq) {
    return faultAt(state, lastLying + 1, 'cut', `the file was written up to entry ${stated.toSeq}`);
  }
  if (first === stated.fromSeq && count === stated.entries) return null;
  const detail = `the file was written with ${stated.entries} entries of this chain and holds ${count}`;
  return faultAt(state, stated.fromSeq, count < stated.entries ? 'missing' : 'changed', detail);
}

/** @param {unknown} value @param {Map<string, Head[]>} heads @returns {Map<string, Chain>} */
function readChains(value, heads) {
  if (!Array.isArray(value)) throw new NotAnExport('its "chains" can not be read');
  const chains = new Map();
  for (const stated of /** @type {Stated[]} */ (value)) {
    const numbers = [stated?.fromSeq, stated?.toSeq, stated?.entries, stated?.head?.seq];
    if (
      typeof stated?.chain !== 'string' ||
      typeof stated.complete !== 'boolean' ||
      !numbers.every(Number.isSafeInteger)
    ) {
      throw new NotAnExport('its "chains" can not be read');
    }
    chains.set(stated.chain, {
      stated,
      heads: heads.get(stated.chain) ?? [],
      last: { seq: 0, hash: '0'.repeat(64) },
      lastLying: 0,
      first: 0,
      count: 0,
      sound: 0,
      gap: null,
      broken: null,
    });
  }
  return chains;
}

/**
 * @param {string} file
 * @param {Map<string, Head[]>} [heads] ends of chains as somebody else knows them
 * @returns {Promise<Verdict>}
 */
export async function verifyAudit(file, heads = new Map()) {
  /** @type {Map<string, Chain> | null} */
  let chains = null;
  let hasFormat = false;
  /** @type {Chain | null} */
  let current = null;
  /** @param {Fault} fault @returns {Verdict} */
  const bad = (fault) => ({
    ok: false,
    entries: [...(chains?.values() ?? [])].reduce((sum, { sound }) => sum + sound, 0),
    ...fault,
  });
  /** @param {string} detail @returns {Verdict} */
  const unreadable = (detail) => {
    const chain = current ?? chains?.values().next().value;
    return bad({ chain: chain?.stated.chain ?? '', seq: (chain?.lastLying ?? 0) + 1, problem: 'unreadable', detail });
  };
  try {
    for await (const { name, text } of parts(createReadStream(file, { highWaterMark: 256 * 1024 }))) {
      if (name === 'format' && !hasFormat) {
        const format = /** @type {{ name?: string, version?: number } | undefined} */ (parse(text));
        if (format?.name !== 'swapdesk-audit' || format.version !== 1)
          throw new NotAnExport('its "format" is another one');
        hasFormat = true;
      } else if (name === 'chains' && chains === null) chains = readChains(parse(text), heads);
      else if (name !== null) throw new NotAnExport(`"${name}" has no place in it`);
      else {
        if (chains === null || !hasFormat) throw new NotAnExport('"format" and "chains" must come first');
        const entry = readEntry(text);
        if (typeof entry === 'string') return unreadable(entry);
        current = chains.get(entry.chain) ?? null;
        if (current === null)
          return bad({
            chain: entry.chain,
            seq: entry.seq,
            problem: 'changed',
            detail: 'the file does not list this chain',
          });
        current.count += 1;
        if (current.count === 1) current.first = entry.seq;
        current.lastLying = entry.seq;
        const fault = judge(current, entry);
        if (fault !== null) return bad(fault);
      }
    }
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
    if (chains === null) throw new NotAnExport(error.message);
    return unreadable(`the file can't be read from here on: ${error.message}`);
  }
  if (chains === null || !hasFormat) throw new NotAnExport('it has no "format" and "chains"');
  return conclude(chains, heads, bad);
}

/** @param {Map<string, Chain>} chains @param {Map<string, Head[]>} heads @param {(fault: Fault) => Verdict} bad @returns {Verdict} */
function conclude(chains, heads, bad) {
  for (const state of chains.values()) {
    const fault = judgeEnd(state);
    if (fault !== null) return bad(fault);
  }
  for (const [chain, [head]] of heads) {
    if (!chains.has(chain))
      return bad({ chain, seq: 1, problem: 'cut', detail: `the whole chain is gone, but reached entry ${head?.seq}` });
  }
  const all = [...chains.values()];
  return {
    ok: true,
    entries: all.reduce((sum, { count }) => sum + count, 0),
    chains: all.length,
    partialChains: all.filter(({ stated }) => !stated.complete).length,
  };
}

/** @param {string[]} args */
function readArguments(args) {
  /** @type {Map<string, Head[]>} */
  const heads = new Map();
  let asJson = false;
  /** @type {string | null} */
  let file = null;
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? '';
    if (word === '--json') asJson = true;
    else if (word === '--head') {
      at += 1;
      const [, chain, seq, hash] = /^(.+)=(\d+):([0-9a-f]{64})$/.exec(args[at] ?? '') ?? [];
      if (chain === undefined || hash === undefined) return null;
      heads.set(chain, [...(heads.get(chain) ?? []), { seq: Number(seq), hash }]);
    } else if (word.startsWith('-') || file !== null) return null;
    else file = word;
  }
  return file === null ? null : { file, heads, asJson };
}

/** @param {Verdict} verdict */
function inWords(verdict) {
  if (!verdict.ok) {
    return `NOT SOUND: entry ${verdict.seq} of chain ${verdict.chain} (${verdict.problem}): ${verdict.detail}. ${verdict.entries} entries before it are sound.`;
  }
  const partly =
    verdict.partialChains === 0
      ? ''
      : ` ${verdict.partialChains} of the chains are selections: only neighbouring entries could be compared.`;
  return `Sound: ${verdict.entries} entries in ${verdict.chains} chains are as they were written.${partly}`;
}

async function main() {
  const given = readArguments(process.argv.slice(2));
  if (given === null) {
    console.error('Usage: node verify-audit.mjs FILE [--head CHAIN=SEQ:HASH]… [--json]');
    return 2;
  }
  if (!existsSync(given.file)) {
    console.error(`There is no file ${given.file}. Check the path of the exported audit file.`);
    return 2;
  }
  try {
    const verdict = await verifyAudit(given.file, given.heads);
    console.log(given.asJson ? JSON.stringify(verdict) : inWords(verdict));
    return verdict.ok ? 0 : 1;
  } catch (error) {
    if (!(error instanceof NotAnExport) && !(error instanceof Error && 'code' in error)) throw error;
    console.error(
      `${given.file} is no audit export of Swapdesk: ${error.message}. Choose a file that "audit export --format json" has written.`,
    );
    return 2;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) process.exitCode = await main();
