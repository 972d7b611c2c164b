// Guards of batches and records: what was cut is put together as it was, and has its bounds.

const batches = 'protocol/src/batches.ts';
const records = 'protocol/src/records.ts';
const aBatch = 'protocol/test/batches.test.ts > a batch';
const aReader = 'protocol/test/batches.test.ts > a reader';
const anAssembler = 'protocol/test/batches.test.ts > an assembler';
const aBody = 'protocol/test/records.test.ts > a body';

/** @type {import('./index.mjs').Guard[]} */
const ofBatches = [
  {
    name: 'a batch says where it belongs',
    file: batches,
    find: 'from ${head.seq} ${this.#offset}',
    replace: 'from ${head.seq} 0',
    scene: `${aBatch} > names the place of its first byte`,
  },
  {
    name: 'a batch has no more bytes than it may',
    file: batches,
    find: 'room > 0 && n < MAX_RECORDS',
    replace: 'n < MAX_RECORDS',
    scene: `${aBatch} > has no more messages than fit, the empty ones counted`,
  },
  {
    name: 'a batch has no more records than its reader takes',
    file: batches,
    find: ' && n < MAX_RECORDS',
    scene: `${aBatch} > has no more records than its reader takes, however short they are`,
  },
  {
    name: 'empty messages fill a batch too',
    file: batches,
    find: 'room -= size + 2;',
    replace: 'room -= part.length;',
    scene: `${aBatch} > has no more messages than fit, the empty ones counted`,
  },
  {
    name: 'a batch is never so small that nothing gets through',
    file: batches,
    find: 'let room = Math.max(1, Math.floor(maxBytes))',
    replace: 'let room = maxBytes',
    scene: `${aBatch} > brings something, however little fits`,
  },
  {
    name: 'a close is not parted',
    file: batches,
    find: ' || item.kind === Kind.control',
    scene: `${aBatch} > does not part a close`,
  },
  {
    name: 'an acknowledgement in a batch is not in the next one',
    file: batches,
    find: 'const records: Record[] = [];\n    this.#lines = [];',
    replace: 'const records: Record[] = [];',
    scene: `${aBatch} > begins with what has no place in the stream, oldest first`,
  },
  {
    name: 'acknowledgements alone are something to send',
    file: batches,
    find: 'this.#index === this.#queue.length && this.#lines.length === 0',
    replace: 'this.#index === this.#queue.length',
    scene: `${aBatch} > is made for an acknowledgement alone`,
  },
  {
    name: 'what was cut goes again if it was not confirmed',
    file: batches,
    find: 'this.#index = 0;\n    this.#offset = this.#confirmed;',
    replace: 'this.#offset = this.#confirmed;',
    scene: `${aBatch} > begins anew behind what is confirmed, in the middle of its first message`,
  },
  {
    name: 'what was confirmed does not go again',
    file: batches,
    find: 'this.#offset = this.#confirmed;',
    replace: 'this.#offset = 0;',
    scene: `${aBatch} > begins anew behind what is confirmed, in the middle of its first message`,
  },
  {
    name: 'what is confirmed is forgotten, and what was cut since stays cut',
    file: batches,
    find: 'this.#index -= done;',
    scene: `${aBatch} > goes on behind what was cut, though less was confirmed`,
  },
  {
    name: 'a message has its number before it is read',
    file: batches,
    find: "if (this.#seq === 0) return violation('message before its number');",
    scene: `${aReader} > finds a message without its number to be a violation`,
  },
  {
    name: 'a close has its number before it is read',
    file: batches,
    find: "if (this.#seq === 0) return violation('close before its number');",
    scene: `${aReader} > finds a close without its number to be a violation`,
  },
  {
    name: 'a malformed control frame is a violation',
    file: batches,
    find: "if (!frame) return violation('malformed control frame');",
    replace: "if (!frame) return { type: 'unknown' };",
    scene: `${aReader} > finds a malformed control frame to be a violation`,
  },
  {
    name: 'nothing is read behind a violation',
    file: batches,
    find: "if (item.type === 'violation') break;",
    scene: `${aReader} > reads nothing behind a violation`,
  },
  {
    name: 'a part moves the place of the next record',
    file: batches,
    find: 'if (more) this.#offset += bytes.length;\n    else this.#advance();',
    replace: 'if (!more) this.#advance();',
    scene: `${aReader} > counts the bytes of parts`,
  },
  {
    name: 'what is ahead of a missing byte is a gap',
    file: batches,
    find: "if (isBefore(this.position, { seq: item.seq, offset })) return violation('gap in the stream');",
    scene: `${anAssembler} > finds what is ahead to be a gap: a message, a part, a close`,
  },
  {
    name: 'a place in a message counts, not only its number',
    file: batches,
    find: ' || (a.seq === b.seq && a.offset < b.offset)',
    scene: `${anAssembler} > finds what is ahead to be a gap: a message, a part, a close`,
  },
  {
    name: 'pieces of messages that are there already are skipped',
    file: batches,
    find: 'if (item.seq < this.#seq) return undefined;',
    scene: `${anAssembler} > begins behind what was received before`,
  },
  {
    name: 'bytes that are there already are skipped',
    file: batches,
    find: 'fresh.subarray(Math.min(fresh.length, this.#offset - offset))',
    replace: 'fresh',
    scene: `${anAssembler} > takes only what is new of a piece that was cut elsewhere`,
  },
  {
    name: 'a message is no longer than it may be, however it comes',
    file: batches,
    find: "if (this.#offset + fresh.length > this.#maxPayload) return violation('message too long', 1009);",
    scene: `${anAssembler} > takes a message of the largest size, in parts or whole, and none that is larger`,
  },
  {
    name: 'a message does not begin with parts of the one before',
    file: batches,
    find: 'this.parts = [];\n    this.#offset = 0;\n    return { type',
    replace: 'this.#offset = 0;\n    return { type',
    scene: `${anAssembler} > puts each message together from its own parts`,
  },
  {
    name: 'a close is taken once',
    file: batches,
    find: "if (item.type === 'close') {\n      this.#seq++;",
    replace: "if (item.type === 'close') {",
    scene: `${anAssembler} > takes a close once`,
  },
];

/** @type {import('./index.mjs').Guard[]} */
const ofRecords = [
  {
    name: 'a record is refused by its header if it is too long',
    file: records,
    find: 'if (header && header.length > this.#maxRecord)',
    replace: 'if (false)',
    scene: `${aBody} > gives what is before a record that is too long, and refuses that one by its header`,
  },
  {
    name: 'a body has no more records than it may',
    file: records,
    find: "if (--this.#left < 0) return [...records, violation('too many records', 1008)];",
    scene: `${aBody} > has no more records than it may have`,
  },
  {
    name: 'only a record that came in pieces is put together',
    file: records,
    find: 'this.#size > 0 ? from + this.#wanted - this.#size : piece.length',
    replace: 'piece.length',
    scene: `${aBody} > leaves a record where it is unless it came in pieces`,
  },
  {
    name: 'nothing is read behind what is no record',
    file: records,
    find: 'this.#wanted = Infinity;',
    scene: `${aBody} > has nothing more behind what is no record`,
  },
  {
    name: 'a record is given when it is whole',
    file: records,
    find: 'if (!header || end > bytes.length) {',
    replace: 'if (!header) {',
    scene: `${aBody} > gives each record with its last byte, and not before`,
  },
  {
    name: 'a record of an unknown kind is refused',
    file: records,
    find: "if (kind > Kind.control) return 'malformed';",
    scene: `${aBody} > refuses the unknown kind 5`,
  },
  {
    name: 'a header has an end',
    file: records,
    find: 'i < at + MAX_HEADER',
    replace: 'i < at + 20',
    scene: `${aBody} > refuses a header that has no end`,
  },
];

export const batchGuards = [...ofBatches, ...ofRecords];
