/**
 * What can go wrong, as data. Three families: faults of the answer to a request, faults of the operation that the
 * request started, and faults of its callback. `simulator/README.md` describes each with an example.
 */

/** Whether the carrier had acted when the fault came. */
export type When = 'before' | 'after';

export type RequestFault =
  | {
      readonly kind: 'http';
      readonly status: number;
      readonly when?: When;
      readonly code?: string;
      readonly body?: unknown;
      readonly text?: string;
      readonly contentType?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'refuse'; readonly code: string }
  | { readonly kind: 'session-expired' | 'invalid-credentials' | 'forbidden-xml' | 'not-found' | 'conflict' }
  | { readonly kind: 'rate-limit'; readonly retryAfterSeconds?: number }
  | { readonly kind: 'server-error' | 'bad-gateway' | 'unavailable' | 'gateway-timeout'; readonly when?: When }
  | { readonly kind: 'drop'; readonly when?: When }
  | { readonly kind: 'reset'; readonly at?: 'headers' | 'body'; readonly when?: When }
  | { readonly kind: 'silence'; readonly when?: When; readonly closeAfterMs?: number }
  | { readonly kind: 'slow'; readonly chunkBytes?: number; readonly everyMs?: number }
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'truncate' }
  | { readonly kind: 'content-type'; readonly contentType?: string }
  | { readonly kind: 'huge'; readonly sizeBytes?: number }
  | { readonly kind: 'late'; readonly applyAfterMs: number; readonly answer?: 'silence' | 'drop' | 'gateway-timeout' };

export type OperationFault =
  /** Accepted, and then nothing is changed; the callback lies or does not come. */
  { readonly kind: 'not-applied'; readonly says?: 'Success' | 'nothing' };

export type CallbackFault =
  | { readonly kind: 'callback-lost' }
  | { readonly kind: 'callback-double'; readonly times?: number; readonly everyMs?: number }
  | { readonly kind: 'callback-delay'; readonly ms: number }
  | { readonly kind: 'callback-reorder'; readonly holdMs?: number }
  | { readonly kind: 'callback-contradict'; readonly mode?: 'also' | 'instead'; readonly afterMs?: number }
  | { readonly kind: 'callback-fail'; readonly code?: string }
  | { readonly kind: 'callback-forged'; readonly mode?: 'also' | 'instead' }
  | { readonly kind: 'callback-before-answer' };

export type Fault = RequestFault | OperationFault | CallbackFault;

type Check = (value: unknown) => boolean;
const isText: Check = (value) => typeof value === 'string';
const isCount: Check = (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0;
const isStatus: Check = (value) => Number.isInteger(value) && Number(value) >= 200 && Number(value) <= 599;
const isAnything: Check = (value) => value !== undefined;
const isHeaders: Check = (value) =>
  typeof value === 'object' && value !== null && Object.values(value).every((item) => typeof item === 'string');
const oneOf =
  (...allowed: string[]): Check =>
  (value) =>
    typeof value === 'string' && allowed.includes(value);

const when = oneOf('before', 'after');
const mode = oneOf('also', 'instead');

interface KeysOfKind {
  readonly needed: Readonly<Record<string, Check>>;
  readonly free: Readonly<Record<string, Check>>;
}
const keys = (free: Record<string, Check>, needed: Record<string, Check> = {}): KeysOfKind => ({ needed, free });

/** Every kind with its keys: the only description, from which files are checked. */
export const FAULT_KEYS: Readonly<Record<Fault['kind'], KeysOfKind>> = {
  http: keys(
    { when, code: isText, body: isAnything, text: isText, contentType: isText, headers: isHeaders },
    { status: isStatus },
  ),
  refuse: keys({}, { code: isText }),
  'session-expired': keys({}),
  'invalid-credentials': keys({}),
  'forbidden-xml': keys({}),
  'not-found': keys({}),
  conflict: keys({}),
  'rate-limit': keys({ retryAfterSeconds: isCount }),
  'server-error': keys({ when }),
  'bad-gateway': keys({ when }),
  unavailable: keys({ when }),
  'gateway-timeout': keys({ when }),
  drop: keys({ when }),
  reset: keys({ at: oneOf('headers', 'body'), when }),
  silence: keys({ when, closeAfterMs: isCount }),
  slow: keys({ chunkBytes: isCount, everyMs: isCount }),
  delay: keys({}, { ms: isCount }),
  truncate: keys({}),
  'content-type': keys({ contentType: isText }),
  huge: keys({ sizeBytes: isCount }),
  late: keys({ answer: oneOf('silence', 'drop', 'gateway-timeout') }, { applyAfterMs: isCount }),
  'not-applied': keys({ says: oneOf('Success', 'nothing') }),
  'callback-lost': keys({}),
  'callback-double': keys({ times: isCount, everyMs: isCount }),
  'callback-delay': keys({}, { ms: isCount }),
  'callback-reorder': keys({ holdMs: isCount }),
  'callback-contradict': keys({ mode, afterMs: isCount }),
  'callback-fail': keys({ code: isText }),
  'callback-forged': keys({ mode }),
  'callback-before-answer': keys({}),
};

export function isCallbackFault(fault: Fault): fault is CallbackFault {
  return fault.kind.startsWith('callback-');
}

export function isOperationFault(fault: Fault): fault is OperationFault {
  return fault.kind === 'not-applied';
}
