import type { Look } from '../../../shared/contract/imports';
import { openCsv } from './csv-source';
import { compoundDirectoryAt, detectKind, LOOK_BYTES, refuseCompound } from './file-look.rules';
import type { Source } from './opened-source';
import { openFile, readAt } from './text-chunks';
import { openWorkbook } from './workbook/open-workbook';

/**
 * Opens a file of any format that lists come in, and looks at its beginning.
 *
 * @throws failed `file-missing`, `file-is-folder`, `file-not-regular`, `file-unreadable`, `file-empty`, `file-binary`,
 * `workbook-damaged`, `workbook-encrypted`, `workbook-bomb`, `workbook-too-large`, `sheet-unknown`
 */
export async function openSource(file: string, sourceName: string, look: Look): Promise<Source> {
  const opened = await openFile(file, sourceName);
  try {
    const head = await readAt(opened, 0, LOOK_BYTES);
    const kind = detectKind(head, sourceName);
    switch (kind) {
      case 'text':
        return await openCsv(opened, head, look);
      case 'workbook':
        return await openWorkbook(opened, look);
      case 'compound':
        throw refuseCompound(await readAt(opened, compoundDirectoryAt(head) ?? 0, 4096), sourceName);
      default:
        throw new Error(`unknown kind of file: ${String(kind satisfies never)}`);
    }
  } catch (error) {
    await opened.handle.close();
    throw error;
  }
}
