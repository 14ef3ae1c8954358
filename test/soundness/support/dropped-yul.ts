/**
 * Values that the assembly of a generated contract computes and then drops, found in the syntax tree that solc makes of it.
 *
 *     ignored result   `pop`, or a call of a precompile whose success is not a condition
 *     dead variable    nothing reads a variable after it was set
 *     unread word      nothing reads a word of memory after it was written
 *     unconsumed word  only the transcript and the comparison with r read a word of the proof
 *
 * Memory is followed where addresses are constants, as all are in a contract without loops.
 */
import {
  type Access,
  constantsOf,
  type Local,
  type Moment,
  parseSolidity,
  type Walk,
  WORD,
  walkAssembly,
} from "./yul-walk.ts";

/** A point. What is copied in longer pieces is a table, of which a model reads a part. */
const LARGEST_VALUE = 2 * WORD;

/** Descriptions of what the contract drops; empty where it drops nothing. */
export function droppedInContract(source: string): string[] {
  const tree = parseSolidity(source);
  const constants = constantsOf(tree);
  const walk = walkAssembly(tree, constants);
  return [
    ...(isFollowed(walk) ? [] : ["memory is not followed"]),
    ...walk.ignored,
    ...walk.locals.flatMap(deadWrites),
    ...unreadWords(walk),
    ...unconsumedWords(walk, constants),
  ];
}

const isFollowed = ({ hasLoops, hasUnknown }: Walk): boolean => !hasLoops && !hasUnknown;

function deadWrites({ name, writes, reads }: Local): string[] {
  const sees = (read: Moment, write: Moment): boolean =>
    read.index > write.index ||
    (write.loops.some((loop) => read.loops.includes(loop)) && read.assignment !== write.assignment);
  return writes
    .filter((write) => !reads.some((read) => sees(read, write)))
    .map(({ text }) => `dead variable: ${name} := ${text}`);
}

/**
 * The next access to a word that was written reads it. Where a function is called before that, or nothing comes next, another function
 * or block reads it, which did not write it itself just before.
 */
function unreadWords(walk: Walk): string[] {
  if (!isFollowed(walk)) return [];
  const { accesses, calls } = walk;
  const isCalled = (from: number, to: number): boolean => calls.some((call) => call > from && call < to);
  return accesses
    .filter(({ kind, length }) => kind !== "read" && length <= LARGEST_VALUE)
    .flatMap((write) =>
      wordsOf(write).flatMap((word) => {
        const others = accesses.filter((access) => access !== write && covers(access, word));
        const next = others.find(({ owner, index, kind }) => {
          return owner === write.owner && index > write.index && kind !== "may write";
        });
        if (next?.kind === "read") return [];
        const isOwn = ({ owner, index }: Access): boolean =>
          others.some((own) => {
            return own.kind === "write" && own.owner === owner && own.index < index && !isCalled(own.index, index);
          });
        const elsewhere = next === undefined || isCalled(write.index, next.index) ? others : [];
        const isRead = elsewhere.some((access) => {
          return access.kind === "read" && access.owner !== write.owner && !isOwn(access);
        });
        return isRead ? [] : [`unread word: ${hex(word)} of ${write.text}`];
      }),
    );
}

function unconsumedWords(walk: Walk, constants: ReadonlyMap<string, number>): string[] {
  const { accesses } = walk;
  const [start, length] = [constants.get("PROOF_MPTR"), constants.get("PROOF_WORD_BYTES")];
  if (!isFollowed(walk) || start === undefined || length === undefined) return [];
  return Array.from({ length: length / WORD }, (_, i) => start + WORD * i)
    .filter(
      (word) => !accesses.some((access) => access.kind === "read" && access.isConsumption && covers(access, word)),
    )
    .map((word) => `unconsumed word: ${(word - start) / WORD} of the proof`);
}

const wordsOf = ({ first, length }: Access): number[] =>
  Array.from({ length: Math.ceil(length / WORD) }, (_, i) => first + WORD * i);
const covers = ({ first, length }: Access, word: number): boolean => first < word + WORD && word < first + length;
const hex = (value: number): string => `0x${value.toString(16)}`;
