import type { Bridge } from '../../shared/contract/index';
import { createApi, type Api } from './client';

declare global {
  interface Window {
    /** Put there by preload before the page's own scripts run. */
    readonly api: Bridge;
  }
}

/** Looked up at each use: a test puts another double there for each of its cases. */
export const api: Api = createApi({
  call: (name, input) => window.api.call(name, input),
  on: (name, listener) => window.api.on(name, listener),
  sourceOf: (file) => window.api.sourceOf(file),
});
