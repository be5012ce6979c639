import { z } from 'zod';

/** The classes that errors are sorted into, by code and never by text. The class decides what happens next. */
export const faultClassSchema = z.enum([
  'auth',
  'api_transient',
  'api_unknown',
  'api_permanent',
  'validation',
  'conflict',
  'system',
]);
export type FaultClass = z.infer<typeof faultClassSchema>;

/** Why a row failed. `code` is the carrier's own code without its service name, or one of ours in kebab-case. */
export const faultSchema = z.object({
  class: faultClassSchema,
  code: z.string(),
  message: z.string(),
  correlationId: z.string(),
});
export type Fault = z.infer<typeof faultSchema>;

/** What is kept of a fault that carries more, such as that of a call: the rest served a decision. */
export function plainFault({ class: faultClass, code, message, correlationId }: Fault): Fault {
  return { class: faultClass, code, message, correlationId };
}

/** What kind of refusal an error is for whoever called: it decides the exit code and how the window shows it. */
export type ErrorKind = 'usage' | 'not-permitted' | 'failed';

/** Everything an error tells a person: what happened, where, why, and what to do. */
export interface ErrorStory {
  /** Stable, kebab-case. Callers compare this, never the text. */
  readonly code: string;
  /** What happened, one sentence. */
  readonly what: string;
  /** The file, row, field, address or record concerned. */
  readonly where?: string;
  readonly why?: string;
  /** The next step in plain words. */
  readonly todo?: string;
}

/** An error that a person can act on. Anything else that is thrown is a defect of ours. */
export class SwapdeskError extends Error {
  override readonly name = 'SwapdeskError';
  readonly kind: ErrorKind;
  readonly story: ErrorStory;

  constructor(kind: ErrorKind, story: ErrorStory, options?: { cause?: unknown }) {
    super(tell(story), options);
    this.kind = kind;
    this.story = story;
  }

  get code(): string {
    return this.story.code;
  }
}

/** The story as one paragraph: what (where): why. What to do. */
export function tell(story: ErrorStory): string {
  const where = story.where === undefined ? '' : ` (${story.where})`;
  const why = story.why === undefined ? '' : `: ${story.why}`;
  const todo = story.todo === undefined ? '' : ` ${story.todo}`;
  return `${story.what}${where}${why}.${todo}`.replace(/\.\./g, '.');
}

export function usageError(story: ErrorStory): SwapdeskError {
  return new SwapdeskError('usage', story);
}

export function notPermitted(story: ErrorStory): SwapdeskError {
  return new SwapdeskError('not-permitted', story);
}

export function workFailed(story: ErrorStory, cause?: unknown): SwapdeskError {
  return new SwapdeskError('failed', story, { cause });
}
