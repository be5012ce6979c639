import { CODES, SERVICE_PREFIX } from './facts';

/** What goes back to the client. `afterAnswer` runs when the answer is on its way. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly text?: string;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly afterAnswer?: () => void;
}

/** Why a request is not done, with the code after the service name. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
}

export const ok = (body: unknown, afterAnswer?: () => void): Answer =>
  afterAnswer === undefined ? { status: 200, body } : { status: 200, body, afterAnswer };

/** 400 with `{errorCode, errorMessage}` (VZ Synchronous Error Messages). */
export const refused = ({ code, message }: Refusal): Answer => ({
  status: 400,
  body: { errorCode: SERVICE_PREFIX + code, errorMessage: message },
});

export const refusal = (name: keyof typeof CODES, message: string): Refusal => ({ code: CODES[name], message });

/** The gateway's own errors: `{fault:{code,message,description}}`, the code a text (VZ, table "WS02 Error Messages"). */
const gatewayFault = (status: number, code: string, message: string, description: string): Answer => ({
  status,
  body: { fault: { code, message, description } },
});

export const invalidCredentials = (path: string): Answer =>
  gatewayFault(
    401,
    '900901',
    'Invalid Credentials',
    `Access failure for API: ${path}, version: v1. Make sure you have given the correct access token`,
  );

export const missingCredentials = (): Answer =>
  gatewayFault(401, '900902', 'Missing Credentials', 'Required OAuth credentials not provided');

export const noResource = (): Answer =>
  gatewayFault(
    400,
    '900906',
    'No matching resource found in the API for the given request',
    'Check the API documentation and add a proper REST resource path to the invocation URL',
  );

/** The one answer in XML (VZ, same table: "wrong authentication"). */
export const forbiddenXml = (): Answer => ({
  status: 403,
  contentType: 'application/xml; charset=UTF-8',
  text:
    '<am:fault xmlns:am="http://wso2.org/apimanager"><am:code>404</am:code><am:type>Status report</am:type>' +
    '<am:message>Runtime Error</am:message><am:description>No matching resource found</am:description></am:fault>',
});

export const notAvailable = (): Answer => ({
  status: 404,
  contentType: 'text/plain; charset=UTF-8',
  text: 'The requested resource is not available',
});

export const htmlError = (status: number, title: string): Answer => ({
  status,
  contentType: 'text/html',
  text: `<html><head><title>${status} ${title}</title></head><body><h1>${status} ${title}</h1></body></html>`,
});

/** OAuth's own errors: `{error, error_description}` (RFC 6749 section 5.2, SDK `OauthProviderError`). */
export const oauthError = (status: number, error: string, description: string): Answer => ({
  status,
  body: { error, error_description: description },
});
