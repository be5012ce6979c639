import { useEffect, useLayoutEffect, useRef, useState } from 'react';

/** Size and scroll position of the grid; it takes the keyboard when nothing else on a fresh screen has it. */
export function useViewport() {
  const grid = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ heightPx: 600, widthPx: 2_000 });
  const [scrollTopPx, setScrollTopPx] = useState(0);
  useLayoutEffect(() => {
    const element = grid.current;
    if (element === null || typeof ResizeObserver === 'undefined') return;
    const observer = new ResizeObserver(() =>
      setSize({ heightPx: element.clientHeight, widthPx: element.clientWidth }),
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    const focused = document.activeElement;
    if (focused === document.body || focused?.tagName === 'MAIN') grid.current?.focus({ preventScroll: true });
  }, []);
  return { grid, size, scrollTopPx, setScrollTopPx };
}
