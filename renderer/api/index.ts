export { api } from './api';
export { ContractError, asContractError, type Api } from './client';
export { useAction } from './use-action';
export { useCall, useEvent } from './use-call';
export { useImport, type ImportFlow, type ImportQuestion, type ImportStep } from './use-import';
export { usePages, type Pages } from './use-pages';
export { useSession, may } from './session';
export { useWork, type Work } from './use-work';
