import { workFailed } from '../../../shared/domain/fault';
import { NO_SANDBOX_NOTICE, type OpenShell } from '../shell';
import { confineContents, declareScheme } from './security';
import { openElectronWindow, type ElectronApi } from './window';

/**
 * The product's shell.
 * @param electron the module, given from outside, so that the wiring can be held against a recording double
 */
export function createElectronShell(electron: ElectronApi, preloadFile: string): OpenShell {
  const { app } = electron;
  return {
    kind: 'electron',
    notices: () => (app.commandLine.hasSwitch('no-sandbox') ? [NO_SANDBOX_NOTICE] : []),
    async prepare({ profileDir, stop }) {
      // Electron's own lock belongs to this folder, so it is one window a data folder too.
      app.setPath('userData', profileDir);
      if (!app.requestSingleInstanceLock()) throw openAlready(profileDir);
      app.enableSandbox();
      declareScheme(electron.protocol);
      confineContents(app);
      // The last window's end is not the program's: what was open is closed in order first.
      app.on('window-all-closed', () => undefined);
      app.on('will-quit', (event) => {
        event.preventDefault();
        stop();
      });
      await app.whenReady();
    },
    open: (host) => openElectronWindow(electron, host, preloadFile),
  };
}

/** The window that is there comes to the front: it is told of this start by Electron. */
function openAlready(profileDir: string): Error {
  return workFailed({
    code: 'window-open-already',
    what: 'Swapdesk is open already on this data folder',
    where: profileDir,
    todo: 'Its window has come to the front. Another data folder can be named with SWAPDESK_HOME.',
  });
}
