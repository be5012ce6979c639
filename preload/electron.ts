import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { createBridge } from './bridge';

/**
 * The sandboxed preload: private channels, and nothing of Electron on the page. Main checks the sender of every message
 * by itself.
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

/** The page marks its root when it can be used; main waits for that. */
function tellWhenReady(): void {
  const page = document.documentElement;
  const observer = new MutationObserver(() => tell());
  const tell = (): void => {
    if (page.dataset['ready'] !== 'true') return;
    observer.disconnect();
    void ipcRenderer.invoke('swapdesk:ready');
  };
  observer.observe(page, { attributes: true, attributeFilter: ['data-ready'] });
  // The page's own scripts have run by now.
  tell();
}

// Before that there may be no document.
addEventListener('DOMContentLoaded', tellWhenReady);
