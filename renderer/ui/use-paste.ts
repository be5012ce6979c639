import { useEffect, useRef } from 'react';

/** What is pasted anywhere on the screen but into a field: text, or else a file. */
export function usePaste(onText: (text: string) => void, onFile: (file: File) => void): void {
  const current = useRef({ onText, onFile });
  useEffect(() => {
    current.current = { onText, onFile };
  });
  useEffect(() => {
    const paste = (event: ClipboardEvent): void => {
      if (isField(event.target)) return;
      // A spreadsheet puts a picture beside the text.
      const text = event.clipboardData?.getData('text/plain') ?? '';
      const file = event.clipboardData?.files[0];
      if (text.trim() !== '') current.current.onText(text);
      else if (file !== undefined) current.current.onFile(file);
      else return;
      event.preventDefault();
    };
    document.addEventListener('paste', paste);
    return () => document.removeEventListener('paste', paste);
  }, []);
}

function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input, textarea, select, [role="dialog"]') !== null;
}
