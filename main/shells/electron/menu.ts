import type { Menu, MenuItemConstructorOptions } from 'electron';

/** The standard roles of each system, so that copy, zoom and quit are where people look for them. */
export function createMenu(
  menu: Pick<typeof Menu, 'buildFromTemplate'>,
  name: string,
  platform: NodeJS.Platform = process.platform,
): Menu {
  const own: MenuItemConstructorOptions[] =
    platform === 'darwin'
      ? [
          {
            label: name,
            submenu: [
              { role: 'about' },
              { type: 'separator' },
              { role: 'services' },
              { type: 'separator' },
              { role: 'hide' },
              { role: 'hideOthers' },
              { role: 'unhide' },
              { type: 'separator' },
              { role: 'quit' },
            ],
          },
        ]
      : [];
  const help: MenuItemConstructorOptions[] =
    platform === 'darwin' ? [] : [{ role: 'help', submenu: [{ role: 'about' }] }];
  return menu.buildFromTemplate([
    ...own,
    { role: 'fileMenu' },
    { role: 'editMenu' },
    {
      label: 'View',
      submenu: [
        { role: 'reload' },
        { type: 'separator' },
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
      ],
    },
    { role: 'windowMenu' },
    ...help,
  ]);
}
