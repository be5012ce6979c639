import { TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import classes from './filter-input.module.css';

interface FilterInputProps {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly width: number;
  readonly autoFocus?: boolean;
  onChange(text: string): void;
}

/** The filter of a list: reached with `/` from anywhere on the screen, emptied with Escape. */
export function FilterInput({ label, placeholder, value, width, autoFocus = false, onChange }: FilterInputProps) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      event.preventDefault();
      input.current?.focus();
      input.current?.select();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
  return (
    <TextInput
      ref={input}
      type="search"
      size="xs"
      w={width}
      maw="100%"
      aria-label={label}
      aria-keyshortcuts="/"
      placeholder={placeholder}
      leftSection={<IconSearch size={14} aria-hidden="true" />}
      rightSection={value === '' ? <kbd className={classes.key}>/</kbd> : null}
      rightSectionPointerEvents="none"
      autoFocus={autoFocus}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && value !== '') {
          event.stopPropagation();
          onChange('');
        }
      }}
    />
  );
}

/** In a text field a slash is a slash, in a choice it is none; behind an open dialog nothing is reached. */
function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.closest(
      'input:not([type="radio"], [type="checkbox"]), textarea, select, [contenteditable="true"], [role="dialog"]',
    ) !== null
  );
}
