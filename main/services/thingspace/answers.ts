import { z } from 'zod';
import { parseJson, type Json } from './json';
import type { Exchange } from './wire';

type Answer = Extract<Exchange, { kind: 'answer' }>;

/** A refusal of the carrier, of whichever of its systems it came from. */
export interface Refusal {
  /** As it was sent; null when the body names none. */
  readonly code: string | null;
  readonly message: string | null;
}

const text = z.union([z.string(), z.number().transform(String)]);
const faultBody = z.object({ fault: z.object({ code: text, message: z.string().optional() }) });
const oauthBody = z.object({ error: z.string(), error_description: z.string().optional() });
const serviceBody = z.object({ errorCode: text, errorMessage: z.string().optional() });

/**
 * Reads a refusal in any of the shapes that ThingSpace sends: the gateway's `{fault}` (as JSON or XML), OAuth's
 * `{error}`, the services' `{errorCode}`. HTML, plain text and nothing at all have no code.
 */
export function readRefusal(answer: Answer): Refusal {
  const json = parseJson(answer.text);
  if (json === undefined) return readXml(answer.text);
  const service = serviceBody.safeParse(json);
  if (service.success) return { code: service.data.errorCode, message: service.data.errorMessage ?? null };
  const fault = faultBody.safeParse(json);
  if (fault.success) return { code: fault.data.fault.code, message: fault.data.fault.message ?? null };
  const oauth = oauthBody.safeParse(json);
  if (oauth.success) return { code: oauth.data.error, message: oauth.data.error_description ?? null };
  return { code: null, message: null };
}

/** The gateway's XML faults are short; a longer text is no fault of its. */
const MAX_XML_CHARACTERS = 4096;

function readXml(answerText: string): Refusal {
  const body = answerText.slice(0, MAX_XML_CHARACTERS);
  const tag = (name: string): string | null =>
    new RegExp(`<(?:\\w+:)?${name}>\\s*([^<]{1,300})<`).exec(body)?.[1]?.trim() ?? null;
  return /<(?:\w+:)?fault[\s>]/.test(body) ? { code: tag('code'), message: tag('message') } : NO_REFUSAL;
}

const NO_REFUSAL: Refusal = { code: null, message: null };

export const tokenSchema = z.object({
  access_token: z.string().min(1).max(8192),
  expires_in: z.union([z.number(), z.string().regex(/^\d+$/).transform(Number)]).optional(),
});
export const sessionSchema = z.object({ sessionToken: z.string().min(1).max(512) });
export const requestIdSchema = z.object({ requestId: z.string().min(1).max(200) });
export const callbackListSchema = z.array(
  z.object({
    serviceName: z.string(),
    url: z.string().nullish(),
    username: z.string().nullish(),
    password: z.string().nullish(),
  }),
);
/** One entry a device that was to be deleted. */
export const deletedSchema = z.array(z.object({ status: z.string(), message: z.string().nullish() })).min(1);
export type WireDeleted = z.infer<typeof deletedSchema>;
/** Callback registration answers names that we know already. */
export const anySchema = z.looseObject({});

const deviceSchema = z.object({
  carrierInformations: z.array(z.object({ servicePlan: z.string().nullish(), state: z.string().nullish() })).nullish(),
  connected: z.boolean().nullish(),
  // An identifier sent as a number may have lost digits already: such an answer is unreadable.
  deviceIds: z.array(z.object({ id: z.string(), kind: z.string() })),
  extendedAttributes: z.array(z.object({ key: z.string(), value: z.string().nullish() })).nullish(),
  lastConnectionDate: z.string().nullish(),
});
export type WireDevice = z.infer<typeof deviceSchema>;
export const deviceListSchema = z.object({ hasMoreData: z.boolean(), devices: z.array(deviceSchema) });
export type WireDeviceList = z.infer<typeof deviceListSchema>;

const eventText = z
  .string()
  .nullish()
  .transform((value) => value ?? null);
/** `eventBy` and the extended attributes may name people: they are not read. */
const historyPage = z.object({
  hasMoreData: z.boolean().nullish(),
  provisioningHistory: z.array(
    z.object({
      occurredAt: eventText,
      eventType: eventText,
      status: eventText,
      servicePlan: eventText,
      mdn: eventText,
    }),
  ),
});
/** An array by the SDK's types, one object by Verizon's page. */
export const historySchema = z.union([z.array(historyPage), historyPage]).transform((answer) => {
  const pages = Array.isArray(answer) ? answer : [answer];
  return {
    events: pages.flatMap((page) => page.provisioningHistory),
    isWhole: pages.every((page) => page.hasMoreData !== true),
  };
});

/** The body by a schema; undefined when it is no JSON or another thing than was asked for. */
export function readBody<T>(schema: z.ZodType<T>, body: Json | undefined): T | undefined {
  if (body === undefined) return undefined;
  const parsed = schema.safeParse(body);
  return parsed.success ? parsed.data : undefined;
}
