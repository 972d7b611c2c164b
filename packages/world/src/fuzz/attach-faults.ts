/** Faults of attaches and of requests that name a session, over HTTP: whose it is, and which attempt holds it. */
import { controlRecord } from '@holdfast/protocol';
import { ANNE, KEY, MALLORY, record, TOKENS } from './besieged.ts';
import type { Fault } from './faults.ts';
import { saying } from './framing-faults.ts';
import { textOf } from './mutate.ts';
import { post } from './say.ts';

const line = (text: string): string => textOf(controlRecord(text));
const from = (seq: number): string => line(`from ${seq} 0`);
const attach = (attempt = 1, received: string | number = 'new', id = MALLORY): string =>
  line(`attach ${id} ${attempt} ${received} ${TOKENS.mallory}`);

export const WHOSE = 'a session that is not the sender’s, whatever id, attempt or key it shows';
export const WRONG =
  'an attempt that does not hold the session (a duplicate attach that comes late, a request of an old one)';
export const attachFaults: readonly Fault[] = [
  {
    name: 'an attach to somebody else’s session',
    row: WHOSE,
    answer: 'gone',
    steps: (random) =>
      saying(
        post(
          attach(random.pick([1, 2, 999_999_999_999_999]), random.pick<string | number>(['new', 0, 1]), ANNE),
        ),
      ),
  },
  {
    name: 'a send to somebody else’s session',
    row: WHOSE,
    answer: 'gone',
    steps: (random) =>
      saying(
        post(attach()),
        post(
          line(`send ${ANNE} ${random.pick([0, 1, 2])} ${random.pick([KEY, '', 'x'])}`) +
            from(1) +
            record('hello'),
        ),
      ),
  },
  {
    name: 'a poll of somebody else’s session',
    row: WHOSE,
    answer: 'gone',
    steps: () => saying(post(attach()), post(line(`poll ${ANNE} 1 1 1000 stream ${KEY}`))),
  },
  {
    name: 'a request without the key',
    row: WHOSE,
    answer: 'gone',
    steps: (random) =>
      saying(
        post(attach()),
        post(line(`send ${MALLORY} 1${random.pick(['', ' x', ` ${'K'.repeat(22)}`, ' __proto__'])}`)),
      ),
  },
  {
    name: 'a duplicate attach that comes late',
    row: WRONG,
    answer: 'superseded',
    steps: () => saying(post(attach(1)), post(attach(2, 0)), post(attach(1))),
  },
  {
    name: 'an attach with an attempt that is not higher',
    row: WRONG,
    answer: 'superseded',
    steps: (random) => saying(post(attach(5)), post(attach(random.between(0, 4), 0))),
  },
  {
    name: 'a send of the wrong attempt',
    row: WRONG,
    answer: 'superseded',
    steps: (random) =>
      saying(
        post(attach(2)),
        post(line(`send ${MALLORY} ${random.pick([0, 1, 3, 999_999_999_999_999])} ${KEY}`)),
      ),
  },
  {
    name: 'a poll of the wrong attempt',
    row: WRONG,
    answer: 'superseded',
    steps: () => saying(post(attach(2)), post(line(`poll ${MALLORY} 1 1 1000 poll ${KEY}`))),
  },
  {
    name: 'a request of a session that there never was',
    row: 'a session that the server does not know',
    answer: 'gone',
    steps: (random) =>
      saying(
        post(
          random.pick([
            line(`send ${MALLORY} 1`),
            line(`poll ${MALLORY} 1 1 9 poll`),
            attach(1, 0),
            attach(0),
          ]),
        ),
      ),
  },
  {
    name: 'an attach that has received what was never sent',
    row: 'an attach that claims to have received what was never sent',
    answer: 'gone',
    steps: (random) => saying(post(attach(1)), post(attach(2, random.pick([1, 99, 999_999_999_999_999])))),
  },
];
