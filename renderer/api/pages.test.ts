import { describe, expect, it } from 'vitest';
import { createPages } from './pages';

/** A list whose pages are answered when the test says so. */
function slowList(total: number) {
  const waiting: { offset: number; answer: () => void; fail: () => void }[] = [];
  let version = 1;
  const load = ({ limit, offset }: { limit: number; offset: number }) =>
    new Promise<{ total: number; rows: readonly string[] }>((resolve, reject) => {
      const rows = Array.from({ length: Math.min(limit, total - offset) }, (_, i) => `${offset + i}.${version}`);
      waiting.push({ offset, answer: () => resolve({ total, rows }), fail: () => reject(new Error('lost')) });
    });
  return {
    load,
    waiting,
    change: () => (version += 1),
    async answerAll() {
      for (const { answer } of waiting.splice(0)) answer();
      await new Promise((resolve) => setTimeout(resolve, 0));
    },
  };
}

describe('a list by pages', () => {
  it('asks only for what is looked at, and for each page once', async () => {
    const list = slowList(1_000_000);
    const pages = createPages(list.load, () => undefined);
    pages.show(0, 30);
    pages.show(0, 40);
    expect(list.waiting.map(({ offset }) => offset)).toEqual([0]);
    await list.answerAll();
    expect([pages.total(), pages.row(12), pages.row(999_999)]).toEqual([1_000_000, '12.1', null]);
    pages.show(999_980, 999_999);
    pages.show(395, 405);
    expect(list.waiting.map(({ offset }) => offset)).toEqual([999_800, 200, 400]);
    await list.answerAll();
    expect(pages.row(999_999)).toBe('999999.1');
  });

  it('forgets what is far away, and asks for it again', async () => {
    const list = slowList(100_000);
    const pages = createPages(list.load, () => undefined);
    for (let page = 0; page < 40; page += 1) {
      pages.show(page * 200, page * 200 + 30);
      await list.answerAll();
    }
    expect([pages.row(0), pages.row(39 * 200)]).toEqual([null, '7800.1']);
    pages.show(0, 30);
    expect(list.waiting.map(({ offset }) => offset)).toEqual([0]);
  });

  it('keeps the rows while they are asked for again, and does not starve under a storm of news', async () => {
    const list = slowList(300);
    const pages = createPages(list.load, () => undefined);
    pages.show(0, 30);
    await list.answerAll();
    list.change();
    for (let news = 0; news < 50; news += 1) pages.reload();
    expect(list.waiting).toHaveLength(1);
    expect(pages.row(3)).toBe('3.1');
    list.change();
    await list.answerAll();
    expect(pages.row(3)).toBe('3.2');
    expect(list.waiting).toHaveLength(1);
    await list.answerAll();
    expect(pages.row(3)).toBe('3.3');
    expect(list.waiting).toHaveLength(0);
  });

  it('shows a changed row in its place at once, and the list as it is when it is asked for again', async () => {
    const list = slowList(300);
    let moves = 0;
    const pages = createPages(list.load, () => (moves += 1));
    pages.show(0, 30);
    await list.answerAll();
    pages.change((row) => (row === '3.1' ? 'mended' : row));
    expect([pages.row(3), pages.row(4), moves]).toEqual(['mended', '4.1', 2]);
    pages.reload();
    await list.answerAll();
    expect(pages.row(3)).toBe('3.1');
  });

  it('keeps rows and error, and asks again when told to', async () => {
    const list = slowList(300);
    let moves = 0;
    const pages = createPages(list.load, () => (moves += 1));
    pages.show(0, 30);
    await list.answerAll();
    pages.show(200, 230);
    for (const { fail } of list.waiting.splice(0)) fail();
    await list.answerAll();
    expect(pages.error()?.story.why).toBe('lost');
    expect(pages.row(3)).toBe('3.1');
    pages.reload();
    await list.answerAll();
    expect([pages.error(), pages.row(201), moves]).toEqual([null, '201.1', 3]);
  });

  it('says nothing more once it is left', async () => {
    const list = slowList(300);
    let moves = 0;
    const pages = createPages(list.load, () => (moves += 1));
    pages.show(0, 30);
    pages.stop();
    await list.answerAll();
    expect(moves).toBe(0);
  });
});
