/** The endpoints of thingspace.verizon.com that are simulated, and what each needs before it answers. */
import { issueToken, login, logout, resetPassword, revokeToken } from './access';
import {
  changePlan,
  deleteDevices,
  deregisterCallback,
  listCallbacks,
  listPlans,
  registerCallback,
  requestStatus,
} from './account-endpoints';
import type { Answer } from './answers';
import type { Carrier } from './carrier';
import type { Courier } from './courier';
import { listDevices, listMismatches } from './device-list';
import type { ENDPOINTS } from './fault-file';
import { provisioningHistory } from './history';
import { requestSwap, type Directives } from './operations';
import type { User } from './state';

export type EndpointName = (typeof ENDPOINTS)[number];

/** A request as an endpoint sees it. */
export interface Call {
  readonly carrier: Carrier;
  readonly courier: Courier;
  readonly params: readonly string[];
  readonly authorization: string | undefined;
  readonly sessionToken: string | undefined;
  readonly text: string;
  /** The body read as JSON: undefined when there is none, the text itself when it is no JSON. */
  readonly body: unknown;
  readonly directives: Directives;
}

interface RouteCommon {
  readonly name: EndpointName;
  readonly method: string;
  readonly path: RegExp;
}

/** `open`: Basic or nothing; `bearer`: a token; `session`: a token and a session, whose user is handed over. */
export type Route = RouteCommon &
  (
    | { readonly access: 'open' | 'bearer'; readonly answer: (call: Call) => Answer }
    | { readonly access: 'session'; readonly answer: (call: Call, user: User) => Answer | Promise<Answer> }
  );

const M2M = '^/api/m2m/v1';
const at = (path: string): RegExp => new RegExp(`${M2M}${path}$`);
const param = (call: Call, index: number): string => call.params[index] ?? '';

/** The most used first: a request is compared with them in this order. */
export const ROUTES: readonly Route[] = [
  {
    name: 'swap',
    method: 'PUT',
    path: at('/devices/([^/]+)/actions/deviceId'),
    access: 'session',
    answer: (call, user) => requestSwap(call, user.account, param(call, 0), call.body, call.directives),
  },
  {
    name: 'list',
    method: 'POST',
    path: at('/devices/actions/list'),
    access: 'session',
    answer: (call, user) => listDevices(call.carrier, user.account, call.body),
  },
  {
    name: 'history',
    method: 'POST',
    path: at('/devices/history/actions/list'),
    access: 'session',
    answer: (call, user) => provisioningHistory(call.carrier, user.account, call.body),
  },
  {
    name: 'token',
    method: 'POST',
    path: /^\/api\/ts\/v1\/oauth2\/token$/,
    access: 'open',
    answer: (call) => issueToken(call.carrier, call.authorization, new URLSearchParams(call.text)),
  },
  {
    name: 'revoke',
    method: 'POST',
    path: /^\/api\/ts\/v1\/oauth2\/revoke$/,
    access: 'open',
    answer: (call) => revokeToken(call.carrier, call.authorization, new URLSearchParams(call.text)),
  },
  {
    name: 'login',
    method: 'POST',
    path: at('/session/login'),
    access: 'bearer',
    answer: (call) => login(call.carrier, call.body),
  },
  {
    name: 'logout',
    method: 'POST',
    path: at('/session/logout'),
    access: 'session',
    answer: (call) => logout(call.carrier, call.sessionToken),
  },
  {
    name: 'password',
    method: 'PUT',
    path: at('/session/password/actions/reset'),
    access: 'session',
    answer: (call, user) => resetPassword(call.carrier, user, call.body),
  },
  {
    name: 'mismatch',
    method: 'POST',
    path: at('/devices/actions/list/imeiiccidmismatch'),
    access: 'session',
    answer: (call, user) => listMismatches(call.carrier, user.account),
  },
  {
    name: 'plan',
    method: 'PUT',
    path: at('/devices/actions/plan'),
    access: 'session',
    answer: (call, user) => changePlan(call, user.account, call.body, call.directives),
  },
  {
    name: 'delete',
    method: 'POST',
    path: at('/devices/actions/delete'),
    access: 'session',
    answer: (call, user) => deleteDevices(call.carrier, user.account, call.body),
  },
  {
    name: 'plans',
    method: 'GET',
    path: at('/plans/([^/]+)'),
    access: 'session',
    answer: (call, user) => listPlans(user.account, param(call, 0)),
  },
  {
    name: 'callback-register',
    method: 'POST',
    path: at('/callbacks/([^/]+)'),
    access: 'session',
    answer: (call, user) => registerCallback(call.carrier, user.account, param(call, 0), call.body),
  },
  {
    name: 'callback-list',
    method: 'GET',
    path: at('/callbacks/([^/]+)'),
    access: 'session',
    answer: (call, user) => listCallbacks(call.carrier, user.account, param(call, 0)),
  },
  {
    name: 'callback-deregister',
    method: 'DELETE',
    path: at('/callbacks/([^/]+)/name/([^/]+)'),
    access: 'session',
    answer: (call, user) => deregisterCallback(call.carrier, user.account, param(call, 0), param(call, 1)),
  },
  {
    name: 'request-status',
    method: 'GET',
    path: at('/accounts/([^/]+)/requests/([^/]+)/status'),
    access: 'session',
    answer: (call, user) => requestStatus(call.carrier, user.account, param(call, 0), param(call, 1)),
  },
];

/** Whether the path belongs to an API of the gateway, whatever it is: its own error for an unknown resource. */
export function isApiPath(path: string): boolean {
  return path.startsWith('/api/m2m/v1/') || path.startsWith('/api/ts/v1/');
}
