import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { createBridge } from './bridge';

/**
 * The sandboxed preload: three private channels, and nothing of Electron on the page. Main checks the sender of every
 * message by itself.
 */
contextBridge.exposeInMainWorld(
  'api',
  createBridge({
    ask: (name, input) => ipcRenderer.invoke('swapdesk:ask', name, input ?? null),
    sourceOf: (file) => ipcRenderer.invoke('swapdesk:source', webUtils.getPathForFile(file)),
    listen(listener) {
      // The event object stays here: the page gets a name and a payload.
      ipcRenderer.on('swapdesk:event', (_event, name: string, payload: unknown) => listener(name, payload));
    },
  }),
);
