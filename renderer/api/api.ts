import type { Bridge } from '../../shared/contract/index';
import { createApi, type Api } from './client';

declare global {
  interface Window {
    /** Put there by preload before the page's own scripts run. */
    readonly api: Bridge;
  }
}

export const api: Api = createApi(window.api);
