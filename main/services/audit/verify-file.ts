import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { z } from 'zod';
import { usageError, workFailed } from '../../../shared/domain/fault';
import { canonicalText, sha256 } from '../../lib/canonical';
import { exportChainSchema, exportFormatSchema, isHash, linkOf, type ExportChain } from './export-format';
import { splitJson, type JsonPart } from './json-elements';
import type { VerifyResult } from './types';
import { createChainChecker, type ChainChecker, type ChainFault, type LyingEntry } from './verify.rules';

interface ChainInFile {
  readonly stated: ExportChain;
  readonly checker: ChainChecker;
  firstSeq: number;
  lastSeq: number;
  entries: number;
}

interface FileCheck {
  format: boolean;
  chains: Map<string, ChainInFile> | null;
  /** The chain of the entry before: an unreadable entry is named by its place behind it. */
  current: ChainInFile | null;
}

/** @throws usage `file-missing`, failed `not-an-audit-export` */
export async function verifyExport(file: string): Promise<VerifyResult> {
  const found = await stat(file).catch(() => null);
  if (found?.isFile() !== true) {
    throw usageError({
      code: 'file-missing',
      what: found === null ? 'The file does not exist' : 'This is not a file',
      where: file,
      todo: 'Check the path of the exported audit file.',
    });
  }
  const check: FileCheck = { format: false, chains: null, current: null };
  try {
    for await (const part of splitJson(createReadStream(file, { highWaterMark: 256 * 1024 }), 'entries')) {
      const fault = take(check, part, file);
      if (fault !== null) return failed(check, fault);
    }
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
    if (check.chains === null) throw notAnExport(file, error.message);
    return failed(check, unreadableAt(check, `the file can't be read from here on: ${error.message}`));
  }
  if (check.chains === null || !check.format) throw notAnExport(file, 'it has no "format" and "chains"');
  return conclude(check, check.chains);
}

function take(check: FileCheck, part: JsonPart, file: string): ChainFault | null {
  if (part.kind === 'element') {
    if (check.chains === null || !check.format) throw notAnExport(file, '"format" and "chains" must come first');
    return takeEntry(check, check.chains, part.text);
  }
  if (part.name === 'format' && !check.format) {
    const format = exportFormatSchema.safeParse(parse(part.text));
    if (!format.success) throw notAnExport(file, 'its "format" is another one');
    check.format = true;
    return null;
  }
  if (part.name === 'chains' && check.chains === null) {
    const chains = z.array(exportChainSchema).safeParse(parse(part.text));
    if (!chains.success) throw notAnExport(file, 'its "chains" can not be read');
    check.chains = new Map(chains.data.map((stated) => [stated.chain, inFile(stated)]));
    return null;
  }
  throw notAnExport(file, `"${part.name}" has no place in it`);
}

function inFile(stated: ExportChain): ChainInFile {
  const { chain, complete, head } = stated;
  return { stated, checker: createChainChecker({ chain, complete, head }), firstSeq: 0, lastSeq: 0, entries: 0 };
}

function takeEntry(check: FileCheck, chains: Map<string, ChainInFile>, text: string): ChainFault | null {
  const entry = readEntry(text);
  if (entry.kind === 'unreadable') return unreadableAt(check, entry.detail);
  const chain = chains.get(entry.chain);
  if (chain === undefined) {
    return { chain: entry.chain, seq: entry.seq, problem: 'changed', detail: 'the file does not list this chain' };
  }
  check.current = chain;
  chain.entries += 1;
  if (chain.entries === 1) chain.firstSeq = entry.seq;
  chain.lastSeq = entry.seq;
  return chain.checker.check(entry);
}

function readEntry(text: string): LyingEntry {
  const value = parse(text);
  const link = linkOf(value);
  const { hash, ...sealed } = (value ?? {}) as Record<string, unknown>;
  if (link === null || !isHash(hash)) {
    return { kind: 'unreadable', detail: 'this is no audit entry' };
  }
  // A key that stands twice would show one thing to a reader and another to the check.
  const canonical = canonicalText(value);
  if (canonical !== text.trim() && canonical !== withoutBlanks(text)) {
    return { kind: 'unreadable', detail: 'the entry is not in its canonical form' };
  }
  return { kind: 'entry', ...link, hash, computedHash: sha256(canonicalText(sealed)) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Blanks between the parts of a JSON text may have been added by whoever passed the file on; inside strings they count. */
function withoutBlanks(text: string): string {
  return text.replace(/("(?:[^"\\]|\\.)*")|\s+/g, '$1');
}

function unreadableAt({ current, chains }: FileCheck, detail: string): ChainFault {
  const chain = current ?? chains?.values().next().value;
  return { chain: chain?.stated.chain ?? '', seq: (chain?.lastSeq ?? 0) + 1, problem: 'unreadable', detail };
}

function conclude(check: FileCheck, chains: Map<string, ChainInFile>): VerifyResult {
  for (const chain of chains.values()) {
    const fault = chain.checker.end() ?? (chain.stated.complete ? null : missingOfSelection(chain));
    if (fault !== null) return failed(check, fault);
  }
  const all = [...chains.values()];
  return {
    ok: true,
    entries: all.reduce((sum, { entries }) => sum + entries, 0),
    chains: all.length,
    partialChains: all.filter(({ stated }) => !stated.complete).length,
  };
}

function missingOfSelection({ stated, firstSeq, lastSeq, entries }: ChainInFile): ChainFault | null {
  const { chain } = stated;
  if (lastSeq < stated.toSeq) {
    return { chain, seq: lastSeq + 1, problem: 'cut', detail: `the file was written up to entry ${stated.toSeq}` };
  }
  if (firstSeq !== stated.fromSeq || entries !== stated.entries) {
    const detail = `the file was written with ${stated.entries} entries of this chain and holds ${entries}`;
    return { chain, seq: stated.fromSeq, problem: entries < stated.entries ? 'missing' : 'changed', detail };
  }
  return null;
}

function failed({ chains }: FileCheck, fault: ChainFault): VerifyResult {
  const entries = [...(chains?.values() ?? [])].reduce((sum, { checker }) => sum + checker.sound, 0);
  return { ok: false, entries, ...fault };
}

function notAnExport(file: string, why: string): Error {
  return workFailed({
    code: 'not-an-audit-export',
    what: 'This file is no audit export of Swapdesk',
    where: file,
    why,
    todo: 'Choose a JSON file that "audit export --format json" has written.',
  });
}
