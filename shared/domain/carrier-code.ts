import type { FaultClass } from './fault';

/**
 * What a code of the carrier means for the one who sent the request. Codes are stable, messages are not (Verizon,
 * Synchronous Error Messages): nothing here looks at a text.
 */
export interface CodeRule {
  readonly class: FaultClass;
  /** Nobody may go on with this provider before a person has looked. */
  readonly stopsProvider: boolean;
  /** What happened, in plain words. */
  readonly meaning: string;
  /** The next step of a person, in plain words. */
  readonly nextStep: string;
  /** Which of the two sign-ins a refusal of this kind renews, once. */
  readonly renews?: 'token' | 'session';
}

const permanent = (meaning: string, nextStep: string): CodeRule => ({
  class: 'api_permanent',
  stopsProvider: false,
  meaning,
  nextStep,
});
const stopping = (meaning: string, nextStep: string): CodeRule => ({
  class: 'api_permanent',
  stopsProvider: true,
  meaning,
  nextStep,
});
const auth = (meaning: string, nextStep: string, renews?: 'token' | 'session'): CodeRule => ({
  class: 'auth',
  stopsProvider: true,
  meaning,
  nextStep,
  ...(renews === undefined ? {} : { renews }),
});

const CHECK_ACCOUNT = "Compare the provider's account name with the one in ThingSpace, leading zeros included.";
const CHECK_CREDENTIALS = 'Check the credentials of this provider, store them again and unlock the provider.';
const CHECK_ADDRESS = "Check the provider's base URL and service type.";
const CHECK_LINE = 'Compare the row with the line in ThingSpace, correct it and submit it again.';
const REPORT_DEFECT = 'This should not happen: report it with the correlation id.';

/**
 * By the part of the code after the service's name. Sources: Verizon's "Synchronous Error Messages" and "Callback Error
 * Messages" pages, the gateway's table on the first of them (numbers), and for password and session codes integrators'
 * clients of the real service.
 */
const RULES: Readonly<Record<string, CodeRule>> = {
  'INPUT_INVALID.Request.InvalidCharacter': permanent("An identifier contains ', < or \\", CHECK_LINE),
  'INPUT_INVALID.RequestUndefined': permanent('The carrier received an empty request', REPORT_DEFECT),
  DeserializationFailed: permanent('The carrier could not read the request', REPORT_DEFECT),
  // Documented as "missing required elements / unknown": it proves nothing about the line, so the line is read back.
  'REQUEST_FAILED.UnexpectedError': {
    class: 'api_unknown',
    stopsProvider: false,
    meaning: 'The carrier reports an unexpected error',
    nextStep: 'Swapdesk reads the line back before anything else is done with it.',
  },

  'INPUT_INVALID.Password.Invalid': auth('The carrier refused user name or password', CHECK_CREDENTIALS),

  'INPUT_INVALID.Account.NotDefined': stopping('The carrier was given no account', CHECK_ACCOUNT),
  'REQUEST_FAILED.AccountName': stopping('The carrier does not accept the account name', CHECK_ACCOUNT),
  'REQUEST_FAILED.AccountNotFound': stopping('The carrier knows no such account', CHECK_ACCOUNT),
  'REQUEST_FAILED.NoAccounts': stopping('The user may use no account at the carrier', CHECK_ACCOUNT),
  'REQUEST_FAILED.MultipleAccounts': stopping('The user has several accounts and none was named', CHECK_ACCOUNT),

  'INPUT_INVALID.Device.Kind.Invalid': permanent('The carrier does not know this kind of identifier', REPORT_DEFECT),
  'INPUT_INVALID.Device.Identifier.Invalid': permanent('An identifier does not fit its kind', CHECK_LINE),
  'INPUT_INVALID.Device.Account.Invalid': permanent("The line is not in the provider's account", CHECK_LINE),
  'INPUT_INVALID.DeviceState.Invalid': permanent(
    'The line is not active',
    'Activate or restore the line first, then submit the row again.',
  ),
  'REQUEST_FAILED.DeviceNotFound': permanent('The carrier knows no line with this identifier', CHECK_LINE),
  'REQUEST_FAILED.DeviceAlreadyActive': permanent(
    'The new device or SIM is active already',
    'Deactivate and remove it at the carrier, or choose another one.',
  ),
  'INPUT_INVALID.MaxRequestsExceeded': permanent('Too many devices in one request', REPORT_DEFECT),
  'INPUT_INVALID.NumberofDevices': permanent('Too many devices in one request', REPORT_DEFECT),
  'INPUT_INVALID.CustomField.InvalidName': permanent('The carrier does not know this custom field', REPORT_DEFECT),
  'INPUT_INVALID.CustomField.TooLong': permanent('A custom field is too long', REPORT_DEFECT),
  'REQUEST_FAILED.DefaultIpPoolNotDefined': permanent(
    'The account has no default IP pool',
    'Have Verizon support set a default IP pool for the account.',
  ),

  '900901': auth('The access token is not valid', CHECK_CREDENTIALS, 'token'),
  '900902': auth('The access token is missing', CHECK_CREDENTIALS, 'token'),
  '900906': stopping('The address is unknown at the carrier', CHECK_ADDRESS),
  invalid_client: auth('The carrier refused the client key or secret', CHECK_CREDENTIALS),
  unauthorized_client: auth('The client key may not use this service', CHECK_CREDENTIALS),
};

const SESSION_RULE = auth('The session at the carrier has ended', CHECK_CREDENTIALS, 'session');
const PLAN_RULE = permanent('The carrier knows no such service plan', 'Choose a plan code that the account has.');
const INPUT_RULE = permanent('The carrier does not accept a value of the request', CHECK_LINE);

/** The part after the service's name, which is what Verizon promises to keep. */
export function stripServiceName(code: string): string {
  return code.replace(/^[A-Za-z]+Service\./, '').replace(/^[A-Za-z]+\.(?=(?:INPUT|REQUEST)_[A-Z]+(?:\.|$))/, '');
}

/** @param code without the service's name. @returns null for a code that stands in no table: a person decides */
export function ruleFor(code: string): CodeRule | null {
  if (Object.hasOwn(RULES, code)) return RULES[code] ?? null;
  if (/(?:^|\.)SessionToken\./.test(code)) return SESSION_RULE;
  if (/^REQUEST_FAILED\.[^.]+\.NotFound$/.test(code)) return PLAN_RULE;
  // Verizon's class INPUT_INVALID means that the request was not accepted, whatever follows.
  return code.startsWith('INPUT_INVALID.') ? INPUT_RULE : null;
}

/** What a person is told about a code that stands in no table. */
export const UNKNOWN_CODE_STEP =
  'Swapdesk does not know this code and does nothing more with the row: look it up, then send the row again or discard it.';
