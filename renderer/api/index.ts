export { api } from './api';
export { ContractError, asContractError, type Api } from './client';
export { useCall, useEvent, type Called } from './use-call';
export { usePages, type Pages } from './use-pages';
export { useSession, may, type SessionState } from './session';
