import { readFile } from 'node:fs/promises';

/**
 * Hands a .sql file over as text. The bundler does it with esbuild's own `text` loader; this is the same for vitest.
 * @returns {import('vite').Plugin}
 */
export function sqlText() {
  return {
    name: 'sql-text',
    enforce: 'pre',
    async load(id) {
      const file = id.split('?')[0] ?? id;
      if (!file.endsWith('.sql')) return null;
      return `export default ${JSON.stringify(await readFile(file, 'utf8'))};`;
    },
  };
}
