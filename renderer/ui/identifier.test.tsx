import { render } from '@testing-library/react';
import { expect, it } from 'vitest';
import { Identifier } from './identifier';

function shown(value: string | null, comparedWith?: string): { parts: (string | null)[]; changed: (string | null)[] } {
  const { container } = render(<Identifier value={value} comparedWith={comparedWith} />);
  const root = container.firstElementChild;
  return {
    parts: [...(root?.children ?? [])].map((part) => part.textContent),
    changed: [...container.querySelectorAll('strong')].map((part) => part.textContent),
  };
}

it('groups digits for reading, and keeps them together for copying', () => {
  const { container } = render(<Identifier value="89148000008425900787" />);
  expect(container.textContent).toBe('89148000008425900787');
  expect(shown('89148000008425900787').parts).toEqual(['8914', '8000', '0084', '2590', '0787']);
  expect(shown('359123022816521').parts).toEqual(['3591', '2302', '2816', '521']);
});

it('groups a telephone number as it is spoken', () => {
  expect(shown('5125550143').parts).toEqual(['512', '555', '0143']);
});

it('sets the changed digits apart', () => {
  expect(shown('89148000009100231142', '89148000008425900787').changed).toEqual(['91', '0023', '1142']);
});

it('gives no form of a number to what is none', () => {
  expect(shown('8.9148E+19', '89148000008425900787')).toEqual({ parts: [], changed: [] });
});

it('says unknown, never nothing', () => {
  expect(render(<Identifier value={null} />).container.textContent).toBe('unknown');
});
