/** The library that joins pairings, behind a contract that calls it: true and false equations in every place, and errors that cancel. */
import { readFileSync } from "node:fs";
import { bn254 } from "@noble/curves/bn254.js";
import { encodeAbiParameters, encodeFunctionData, hexToBigInt, keccak256, parseAbi } from "viem";
import { mod, mul, Q, sub } from "../../core/field.ts";
import { CHALLENGE_MASK } from "../../core/transcript.ts";
import { createVerifierChain } from "../../test/verifier-gen/chain.ts";
import type { Subject } from "./contract-subjects.ts";
import type { Case } from "./contract-suite.ts";

const SOURCE = new URL("../../contracts/libraries/PairingBatch.sol", import.meta.url);

const CALLER = `
contract BatchCaller {
    function holds(uint256[] memory words, uint256 count) external view returns (bool) {
        assembly ("memory-safe") {
            let end := add(mload(0x40), 0x2000)
            for { let at := mload(0x40) } lt(at, end) { at := add(at, 0x20) } { mstore(at, not(0)) }
        }
        return PairingBatch.holds(words, count);
    }

    function gasFor(uint256 count) external pure returns (uint256) {
        return PairingBatch.gasFor(count);
    }
}
`;

const ABI = parseAbi([
  "function holds(uint256[] words, uint256 count) view returns (bool)",
  "function gasFor(uint256 count) view returns (uint256)",
]);

interface Equation {
  /** Logarithms of A and pi; the equation is true when a = tau · p. */
  readonly a: bigint;
  readonly p: bigint;
  readonly tau: bigint;
}

const g1 = (scalar: bigint): [bigint, bigint] => {
  if (mod(scalar) === 0n) return [0n, 0n];
  const { x, y } = bn254.G1.Point.BASE.multiply(mod(scalar)).toAffine();
  return [x, y];
};

const g2 = (scalar: bigint): [bigint, bigint, bigint, bigint] => {
  const { x, y } = bn254.G2.Point.BASE.multiply(scalar).toAffine();
  return [x.c1, x.c0, y.c1, y.c0];
};

function wordsOf({ a, p, tau }: Equation): bigint[] {
  const [xc1, xc0, yc1, yc0] = g2(tau);
  return [...g1(a), ...g2(1n), ...g1(p), xc1, xc0, Q - yc1, Q - yc0];
}

const isTrue = (p: bigint, tau = 2n): Equation => ({ a: tau * p, p, tau });
const withError = ({ a, ...rest }: Equation, error: bigint): Equation => ({ ...rest, a: mod(a + error) });

/** What a factor would be if it did not depend on the equations. */
const knownFactor = (i: number): bigint =>
  hexToBigInt(keccak256(encodeAbiParameters([{ type: "uint256" }, { type: "uint256" }], [0n, BigInt(i)]))) &
  CHALLENGE_MASK;

function casesOf(): Case[] {
  const FOUR = [isTrue(5n), isTrue(6n), isTrue(7n), isTrue(8n)];
  const ask = (name: string, words: readonly bigint[], isAccepted: boolean): Case => ({
    name,
    isAccepted,
    calldata: encodeFunctionData({ abi: ABI, functionName: "holds", args: [words, BigInt(words.length / 12)] }),
  });
  const equations = (name: string, list: readonly Equation[], isAccepted: boolean): Case =>
    ask(name, list.flatMap(wordsOf), isAccepted);
  const opposed = (first: number, second: number, factor = 1n): Equation[] =>
    FOUR.map((item, i) => (i === first ? withError(item, sub(0n, factor)) : i === second ? withError(item, 1n) : item));
  const mixed = [FOUR[0], isTrue(11n, 3n), FOUR[2], isTrue(12n, 3n)];
  const swapped = FOUR.flatMap(wordsOf);
  [swapped[0], swapped[12]] = [swapped[12], swapped[0]];
  [swapped[1], swapped[13]] = [swapped[13], swapped[1]];
  const foreignOne = [...wordsOf(FOUR[0]), ...wordsOf(withError(FOUR[1], 1n)).with(2, g2(2n)[0])];
  return [
    ...FOUR.map((_, i) => equations(`${4 - i} true equations`, FOUR.slice(i), true)),
    equations("two reference strings", mixed, true),
    equations("the other string first", mixed.toReversed(), true),
    equations("infinity", [{ a: 0n, p: 0n, tau: 2n }, FOUR[1], { a: 0n, p: 0n, tau: 3n }], true),
    {
      name: "gas",
      calldata: encodeFunctionData({ abi: ABI, functionName: "gasFor", args: [3n] }),
      isAccepted: true,
    },
    ...FOUR.map((_, i) =>
      equations(
        `false ${i}`,
        FOUR.map((item, k) => (k === i ? withError(item, 1n) : item)),
        false,
      ),
    ),
    equations("an equation of the other string", mixed.with(3, { a: 24n, p: 12n, tau: 3n }), false),
    ...[
      [0, 1],
      [1, 2],
      [2, 3],
    ].map(([first, second]) => equations(`opposed errors ${first} ${second}`, opposed(first, second), false)),
    equations("errors that cancel under a known factor", opposed(0, 1, knownFactor(1)), false),
    equations(
      "errors that cancel under known factors",
      [FOUR[0], withError(FOUR[1], knownFactor(2)), withError(FOUR[2], sub(0n, knownFactor(1)))],
      false,
    ),
    equations(
      "errors of opposite equal factors",
      [FOUR[0], withError(FOUR[1], mul(3n, 5n)), withError(FOUR[2], sub(0n, 15n))],
      false,
    ),
    ask("swapped A", swapped, false),
    ask("another [1]_2", foreignOne, false),
    ...[0, 1, 2].flatMap((i) =>
      [1, 7, 9].map((word) => {
        const words = FOUR.slice(0, 3).flatMap(wordsOf);
        words[12 * i + word] ^= 1n;
        return ask(`word ${word} of ${i} flipped`, words, false);
      }),
    ),
  ];
}

export async function pairingBatch(): Promise<Subject> {
  const chain = await createVerifierChain();
  return {
    title: "pairing batch",
    source: readFileSync(SOURCE, "utf8"),
    caller: { name: "BatchCaller", source: CALLER },
    stands: [{ title: "library", chain, deploy: chain.deploy, cases: casesOf(), withExactGas: true }],
    close: () => chain.close(),
  };
}
