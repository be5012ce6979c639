import { useEffect, useRef, useState } from 'react';

/**
 * A file may be dropped anywhere on the window; while one hovers over it the answer is true. Without this the browser
 * would try to open the file in place of the page.
 */
export function useFileDrop(onFile: (file: File) => void): boolean {
  const [over, setOver] = useState(false);
  const current = useRef(onFile);
  useEffect(() => {
    current.current = onFile;
  });
  useEffect(() => {
    const stay = (event: DragEvent): void => {
      event.preventDefault();
      setOver(event.type === 'dragover');
    };
    const leave = (event: DragEvent): void => {
      // Also told when the pointer goes from one element to another: then there is a next one.
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent): void => {
      stay(event);
      const file = event.dataTransfer?.files[0];
      if (file !== undefined) current.current(file);
    };
    window.addEventListener('dragover', stay);
    window.addEventListener('dragleave', leave);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragover', stay);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('drop', drop);
    };
  }, []);
  return over;
}
