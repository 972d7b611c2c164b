/** Findings as lines for a terminal. */
import { titles, type Finding, type Verdict } from './finding.ts';
import type { Summary } from './summary.ts';

const WIDTH = 100;
const signs: Readonly<Record<Verdict, string>> = {
  ok: 'ok',
  impaired: 'so-so',
  broken: 'BROKEN',
  skipped: '-',
};
const colors: Readonly<Record<Verdict, number>> = { ok: 32, impaired: 33, broken: 31, skipped: 2 };
const TITLE_WIDTH = Math.max(...Object.values(titles).map(({ length }) => length)) + 2;
const SIGN_WIDTH = Math.max(...Object.values(signs).map(({ length }) => length)) + 2;

/** One finding: its verdict, what it is about, and its words. */
export function findingLine({ check, verdict, words }: Finding, isColored: boolean): string {
  const sign = signs[verdict].padEnd(SIGN_WIDTH);
  const shown = isColored ? `\x1b[${colors[verdict]}m${sign}\x1b[0m` : sign;
  const indent = SIGN_WIDTH + TITLE_WIDTH;
  return `${shown}${titles[check].padEnd(TITLE_WIDTH)}${wrapped(words, indent)}\n`;
}

/** What a client would use, and what to do about what it would rather use. */
export function summaryLines({ words, toMend }: Summary): string {
  const shown = new Set<string>();
  const parts = toMend.map(({ check, words: found, advice = [] }) => {
    const isKnown = advice.length > 0 && advice.every((line) => shown.has(line));
    for (const line of advice) shown.add(line);
    const lines = isKnown ? ['as above'] : advice;
    return [wrapped(`${titles[check]}: ${found}`, 2), ...lines.map((line) => `  - ${wrapped(line, 4)}`)].join(
      '\n',
    );
  });
  const heading = parts.length > 0 ? ['What usually causes it, and what to set:'] : [];
  return `\n${[words, ...heading, ...parts].join('\n\n')}\n`;
}

/** Text in lines, the second one and on with an indent. */
function wrapped(text: string, indent: number): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line && indent + line.length + word.length >= WIDTH) {
      lines.push(line);
      line = word;
    } else line = line ? `${line} ${word}` : word;
  }
  return [...lines, line].join(`\n${' '.repeat(indent)}`);
}
