import { Modal } from '@mantine/core';
import { useEffect, type ReactNode, type RefObject } from 'react';

interface DialogProps {
  readonly title: string;
  readonly size?: 'md' | 'lg' | 'xl';
  /** What opened it: the keyboard goes back there, also when the way led through a menu that is gone by then. */
  readonly opener: RefObject<HTMLElement | null>;
  onClose(): void;
  readonly children: ReactNode;
}

/** A question before something that can't be undone, open as long as it is in the tree. */
export function Dialog({ title, size = 'md', opener, onClose, children }: DialogProps) {
  useEffect(() => {
    const element = opener.current;
    return () => element?.focus();
  }, [opener]);
  return (
    <Modal opened onClose={onClose} title={title} size={size} returnFocus={false}>
      {children}
    </Modal>
  );
}
