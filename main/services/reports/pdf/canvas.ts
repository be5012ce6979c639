import { createRequire } from 'node:module';
import PDFDocument from 'pdfkit';
import type { Page } from './geometry';

/**
 * Inter and JetBrains Mono (SIL Open Font License 1.1, which allows embedding), as whole TrueType files: Latin with all
 * its accents, Greek, Cyrillic, Vietnamese. The fonts of the PDF standard end at Latin-1.
 */
const FONT_FILES = {
  text: '@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf',
  strong: '@expo-google-fonts/inter/600SemiBold/Inter_600SemiBold.ttf',
  mono: '@expo-google-fonts/jetbrains-mono/400Regular/JetBrainsMono_400Regular.ttf',
  monoStrong: '@expo-google-fonts/jetbrains-mono/700Bold/JetBrainsMono_700Bold.ttf',
} as const;
export type FontName = keyof typeof FONT_FILES;

/** All reach 4.5 : 1 on white, and 7 : 1 where a colour carries a state, which a sign and a word carry too. */
export const INK = {
  black: '#14181f',
  muted: '#57606c',
  rule: '#c5ccd5',
  band: '#eef1f5',
  brand: '#1c3d6e',
  good: '#135433',
  bad: '#8f1d16',
  wait: '#1c3d6e',
  doubt: '#51308f',
  warn: '#6b4300',
} as const;
export type Ink = keyof typeof INK;

export interface Style {
  readonly font: FontName;
  readonly sizePt: number;
  readonly ink: Ink;
}

/** A line is this many times as high as its letters. */
const LINE_HEIGHT = 1.34;
const WIDTHS_KEPT = 20_000;

export interface Canvas {
  readonly doc: PDFKit.PDFDocument;
  /** One line that is not broken; `x` is its left end, or its right end with `align: 'right'`. */
  text(text: string, x: number, y: number, style: Style, align?: 'left' | 'right'): void;
  /** Digits grouped for the eye; whoever copies, searches or listens gets them plain. */
  identifier(digits: string, groups: readonly string[], x: number, y: number, style: Style): void;
  width(text: string, style: Style): number;
  /** Breaks a text into lines of at most `widthPt`: at blanks, and inside what is longer than a line. */
  wrap(text: string, widthPt: number, style: Style): readonly string[];
  lineHeight(style: Style): number;
  rule(x1: number, x2: number, y: number, ink: Ink, widthPt?: number): void;
  box(x: number, y: number, widthPt: number, heightPt: number, ink: Ink): void;
}

export function createDocument(
  page: Page,
  about: { title: string; subject: string; madeAt: Date },
): PDFKit.PDFDocument {
  return new PDFDocument({
    size: [page.widthPt, page.heightPt],
    margin: 0,
    autoFirstPage: false,
    // Each number of a million is drawn once: a cache of what was laid out would only grow.
    fontLayoutCache: false,
    pdfVersion: '1.7',
    lang: 'en',
    displayTitle: true,
    info: {
      Title: about.title,
      Subject: about.subject,
      Author: 'Swapdesk',
      Creator: 'Swapdesk',
      Producer: 'Swapdesk',
      CreationDate: about.madeAt,
      ModDate: about.madeAt,
    },
  });
}

export function createCanvas(doc: PDFKit.PDFDocument): Canvas {
  const require = createRequire(import.meta.url);
  for (const [name, file] of Object.entries(FONT_FILES)) {
    doc.registerFont(name, require.resolve(file));
    doc.font(name);
    setPlainly(heldFont(doc));
  }
  const widths = new Map<string, number>();
  const printable = printableWith(doc);

  const use = ({ font, sizePt, ink }: Style): void => {
    doc.font(font).fontSize(sizePt).fillColor(INK[ink]);
  };
  const width = (text: string, style: Style): number => {
    const key = `${style.font} ${style.sizePt} ${text}`;
    const known = widths.get(key);
    if (known !== undefined) return known;
    doc.font(style.font).fontSize(style.sizePt);
    const measured = doc.widthOfString(printable(text));
    if (widths.size > WIDTHS_KEPT) widths.clear();
    widths.set(key, measured);
    return measured;
  };
  const text: Canvas['text'] = (words, x, y, style, align = 'left') => {
    if (words === '') return;
    use(style);
    doc.text(printable(words), align === 'left' ? x : x - width(words, style), y, { lineBreak: false });
  };
  return {
    doc,
    text,
    width,
    wrap: (words, widthPt, style) => wrapText(words, widthPt, (part) => width(part, style)),
    lineHeight: ({ sizePt }) => sizePt * LINE_HEIGHT,
    identifier(digits, groups, x, y, style) {
      use(style);
      drawGroups(doc, digits, groups, x, y, style.sizePt);
    },
    rule(x1, x2, y, ink, widthPt = 0.5) {
      doc.moveTo(x1, y).lineTo(x2, y).lineWidth(widthPt).strokeColor(INK[ink]).stroke();
    },
    box(x, y, widthPt, heightPt, ink) {
      doc.rect(x, y, widthPt, heightPt).fill(INK[ink]);
    },
  };
}

interface Glyph {
  readonly advanceWidth: number;
}

/** The part of pdfkit's embedded font that it does not type; `font` is fontkit's. */
interface HeldFont {
  readonly id: string;
  readonly scale: number;
  readonly ascender: number;
  ref(): object;
  /** Hexadecimal glyph numbers of the embedded subset. */
  encode(text: string): readonly [codes: readonly string[], positions: readonly object[]];
  readonly font: { hasGlyphForCodePoint(code: number): boolean; glyphsForString(text: string): readonly Glyph[] };
  layoutRun(text: string): { glyphs: readonly Glyph[]; positions: readonly object[]; advanceWidth: number };
}

function heldFont(doc: PDFKit.PDFDocument): HeldFont {
  return (doc as unknown as { _font: HeldFont })._font;
}

/** Between two groups, in thousandths of the size. */
const GROUP_GAP = 360;

/**
 * All groups as one piece of text with gaps, which stands for the plain digits (ActualText). pdfkit's own `text` turns
 * the page over inside, and readers that place the plain digits by the coordinates outside would put them elsewhere.
 */
function drawGroups(
  doc: PDFKit.PDFDocument,
  digits: string,
  groups: readonly string[],
  x: number,
  y: number,
  sizePt: number,
): void {
  const held = heldFont(doc);
  const raw = doc as unknown as {
    page: { height: number; fonts: Record<string, object> };
    addContent(operators: string): void;
  };
  const { page } = raw;
  page.fonts[held.id] ??= held.ref();
  const baseline = page.height - y - (held.ascender / 1_000) * sizePt;
  const pieces = groups.map((group) => `<${held.encode(group)[0].join('')}>`).join(` -${GROUP_GAP} `);
  doc.save().transform(1, 0, 0, -1, 0, page.height);
  doc.markContent('Span', { actual: digits });
  raw.addContent(`BT /${held.id} ${sizePt} Tf 1 0 0 1 ${x.toFixed(3)} ${baseline.toFixed(3)} Tm [${pieces}] TJ ET`);
  doc.endMarkedContent().restore();
}

/** How far `identifier` reaches. */
export function groupedWidth(canvas: Pick<Canvas, 'width'>, characters: number, groups: number, style: Style): number {
  return canvas.width('0', style) * characters + ((groups - 1) * GROUP_GAP * style.sizePt) / 1_000;
}

/**
 * One glyph a character, at its own width. OpenType shaping (contextual forms, kerning) takes most of the time of a
 * report, and at the size of a table nobody sees it; the scripts that need it are not in these fonts.
 */
function setPlainly(held: HeldFont): void {
  held.layoutRun = (text) => {
    const glyphs = held.font.glyphsForString(text);
    const positions = glyphs.map((glyph) => {
      const advanceWidth = glyph.advanceWidth * held.scale;
      return { xAdvance: advanceWidth, yAdvance: 0, xOffset: 0, yOffset: 0, advanceWidth };
    });
    return { glyphs, positions, advanceWidth: positions.reduce((sum, { advanceWidth }) => sum + advanceWidth, 0) };
  };
}

/** What the fonts can't draw is written as its number: an empty box would look like something else than it is. */
function printableWith(doc: PDFKit.PDFDocument): (text: string) => string {
  const known = new Map<string, boolean>();
  const isKnown = (character: string): boolean => {
    const seen = known.get(character);
    if (seen !== undefined) return seen;
    doc.font('text');
    const drawn = heldFont(doc).font.hasGlyphForCodePoint(character.codePointAt(0) ?? 0);
    known.set(character, drawn);
    return drawn;
  };
  return (text) => {
    if (/^[\x20-\x7e]*$/.test(text)) return text;
    return [...text.replace(/\s+/g, ' ')]
      .map((character) => (isKnown(character) ? character : `U+${hexOf(character)}`))
      .join('');
  };
}

function hexOf(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
}

/** @param widthOf the width of a text that stays on one line, in points */
export function wrapText(text: string, widthPt: number, widthOf: (part: string) => number): readonly string[] {
  const lines: string[] = [];
  const blankPt = widthOf(' ');
  let line: string[] = [];
  let linePt = 0;
  const end = (): void => {
    lines.push(line.join(' '));
    line = [];
    linePt = 0;
  };
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    for (const piece of piecesOf(word, widthPt, widthOf)) {
      const piecePt = widthOf(piece);
      if (line.length > 0 && linePt + blankPt + piecePt > widthPt) end();
      linePt += (line.length > 0 ? blankPt : 0) + piecePt;
      line.push(piece);
    }
  }
  if (line.length > 0) end();
  return lines;
}

function piecesOf(word: string, widthPt: number, widthOf: (part: string) => number): readonly string[] {
  if (widthOf(word) <= widthPt) return [word];
  const pieces: string[] = [];
  let piece = '';
  for (const character of word) {
    if (piece !== '' && widthOf(piece + character) > widthPt) {
      pieces.push(piece);
      piece = '';
    }
    piece += character;
  }
  return [...pieces, piece];
}
