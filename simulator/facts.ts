/**
 * What the simulator knows about Verizon ThingSpace Connectivity Management, in one place.
 *
 * "VZ" names a page of Verizon's own documentation, "SDK" Verizon's API description as generated into
 * `apimatic-verizon-sdk`. What stands under INVENTED_CODES is confirmed nowhere and may be changed by a setting.
 */

/** Life of an OAuth token, counted from its first issue (VZ Getting Credentials). */
export const TOKEN_LIFE_MS = 60 * 60_000;

/** A session ends after this long without a call (VZ Start Connectivity Management Session). */
export const SESSION_IDLE_MS = 20 * 60_000;

/** Failed logins in a row that lock the contact record (VZ Start Connectivity Management Session). */
export const FAILED_LOGINS_TO_LOCK = 5;

/** Sends of one callback: the first and three repeats (VZ About Callback Services; `maxCallbackThreshold` of samples). */
export const CALLBACK_ATTEMPTS = 4;
export const CALLBACK_REPEAT_MS = 5 * 60_000;

/** Most devices in one page of the device list (VZ Retrieve Device Information). */
export const DEVICE_PAGE_LIMIT = 2000;

/** Most devices in one plan change or delete (VZ Synchronous Error Messages, `MaxRequestsExceeded`). */
export const DEVICES_PER_REQUEST = 10_000;

/** Plan changes of one line in a month (VZ Change Device Service Plan). */
export const PLAN_CHANGES_PER_MONTH = 4;
export const PLAN_MONTH_MS = 30 * 24 * 60 * 60_000;

/** Ports on which ThingSpace will call a listener (VZ Register Callback Listener). */
export const CALLBACK_PORTS: readonly (readonly [first: number, last: number])[] = [
  [80, 80],
  [443, 443],
  [9001, 9006],
  [50551, 50559],
  [28200, 28220],
];

/** Service names of listeners (VZ Deregister Callback Listener; the second half is seen in other documents only). */
export const CALLBACK_SERVICES: readonly string[] = [
  ...['AlertsService', 'CarrierService', 'DevicePRLInformation', 'DeviceService', 'DeviceSuspensionStatus'],
  ...['DeviceUsage', 'EnhancedConnectivityService', 'ExternalProvisioningChanges', 'NiddService', 'PromoChanges'],
  ...['ResumeTrackingNotification', 'SMSDeliveryConfirmation', 'StateService'],
  ...['AlertService', 'DeviceProfileService', 'DiagnosticsService', 'SubscriptionNotificationService'],
  ...['DevicePromoUsage', 'ExtendedEnhancedConnectivityService', 'IntelligenceService', 'NetworkEventService'],
];

/** The service that reports swaps and plan changes (VZ Change Device Identifier). */
export const CARRIER_SERVICE = 'CarrierService';

/**
 * Values of `change4gOption` (VZ Change Device Identifier); compared without regard to case (VZ, SOAP pages). There are
 * more, which the simulator refuses: `ChangeMSISDN`, `3Gto4G`, `4Gto3G`, `ChangeIMEIandEID`.
 */
export const SWAP_OPTIONS = {
  changeiccid: ['iccid'],
  changeimei: ['imei'],
  changeimeiandiccid: ['imei', 'iccid'],
} as const satisfies Record<string, readonly ('iccid' | 'imei')[]>;

/** Every code goes out behind this service name; clients compare the part after it (VZ Synchronous Error Messages). */
export const SERVICE_PREFIX = 'UnifiedWebService.';

/** Codes named by the documentation. */
export const CODES = {
  invalidCharacter: 'INPUT_INVALID.Request.InvalidCharacter',
  emptyBody: 'INPUT_INVALID.RequestUndefined',
  unreadable: 'DeserializationFailed',
  unexpected: 'REQUEST_FAILED.UnexpectedError',
  sessionExpired: 'REQUEST_FAILED.SessionToken.Expired',
  sessionMissing: 'REQUEST_FAILED.SessionToken.Format',
  sessionInvalid: 'INPUT_INVALID.SessionToken.Invalid',
  badPassword: 'INPUT_INVALID.Password.Invalid',
  accountNotFound: 'REQUEST_FAILED.AccountNotFound',
  kindInvalid: 'INPUT_INVALID.Device.Kind.Invalid',
  identifierInvalid: 'INPUT_INVALID.Device.Identifier.Invalid',
  accountInvalid: 'INPUT_INVALID.Device.Account.Invalid',
  stateInvalid: 'INPUT_INVALID.DeviceState.Invalid',
  deviceNotFound: 'REQUEST_FAILED.DeviceNotFound',
  tooManyDevices: 'INPUT_INVALID.MaxRequestsExceeded',
} as const;

/** `REQUEST_FAILED.<servicePlan>.NotFound` (VZ Synchronous Error Messages). */
export const planNotFound = (plan: string): string => `REQUEST_FAILED.${plan}.NotFound`;

/**
 * INVENTED: no readable page of Verizon's names a code for these cases. A client must show them as they come.
 * The setting `codes` replaces them one by one.
 */
export const INVENTED_CODES = {
  iccidInUse: 'REQUEST_FAILED.Iccid.AlreadyInUse',
  imeiInUse: 'REQUEST_FAILED.Imei.AlreadyInUse',
  contactLocked: 'REQUEST_FAILED.Contact.Locked',
  planChangeLimit: 'REQUEST_FAILED.PlanChange.LimitExceeded',
  callbackPort: 'INPUT_INVALID.Callback.Port',
  callbackMissing: 'REQUEST_FAILED.Callback.NotFound',
};
export type InventedCodes = typeof INVENTED_CODES;

/** One plan of `GET /plans/{account}` (SDK `ServicePlan`); the code may differ from the name. */
export interface ServicePlan {
  readonly name: string;
  readonly code: string;
  readonly sizeKb: number;
  readonly carrierServicePlanCode: string;
}

/** INVENTED plans of the training accounts, named after the form of Verizon's samples. */
export const SERVICE_PLANS: readonly ServicePlan[] = [
  { name: '4G 1 MB', code: 'M2M4G1MB', sizeKb: 1024, carrierServicePlanCode: '84001' },
  { name: '4G 5 MB', code: 'M2M4G5MB', sizeKb: 5120, carrierServicePlanCode: '84777' },
  { name: '4G 25 MB', code: 'M2M4G25MB', sizeKb: 25_600, carrierServicePlanCode: '84778' },
  { name: '4G 1 GB pooled', code: 'M2M4G1GBP', sizeKb: 1_048_576, carrierServicePlanCode: '84990' },
];

/** One account with the public credentials of its training user. */
export interface TrainingAccount {
  readonly account: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly username: string;
  readonly password: string;
}

/** Public credentials: they open the simulator and nothing else. Leading zeros of an account name count. */
export function trainingAccounts(count: number): TrainingAccount[] {
  return Array.from({ length: count }, (_, index) => ({
    account: `0000123456-${String(index + 1).padStart(5, '0')}`,
    clientId: `training-key-${index + 1}`,
    clientSecret: `training-secret-${index + 1}`,
    username: `training-user-${index + 1}`,
    password: `training-password-${index + 1}`,
  }));
}

export const DEFAULT_ACCOUNTS = 3;
export const DEFAULT_LINES = 1000;
export const DEFAULT_SEED = 1;
/** INVENTED: Verizon publishes no time for a swap; short enough that nobody waits in a training. */
export const DEFAULT_LATENCY_MS: readonly [least: number, most: number] = [200, 900];
