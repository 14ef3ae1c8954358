/**
 * Who may prove a request (contracts/libraries/ProverList.sol): zero for anyone, an address, or the root of a Merkle tree in the
 * form of OpenZeppelin's StandardMerkleTree. A root says nothing of its leaves, so lists must be known beforehand.
 */
import { concat, encodeAbiParameters, keccak256 } from "viem";
import type { Hex } from "../store/requests.ts";

export interface ProverLists {
  /** The Merkle proof that `prover` may prove, empty when none is needed; undefined when it may not, or the list is not known. */
  proofFor(provers: Hex, prover: Hex): readonly Hex[] | undefined;
}

export function createProverLists(lists: readonly (readonly Hex[])[]): ProverLists {
  const trees = new Map(
    lists
      .filter((list) => list.length > 0)
      .map(treeOf)
      .map((tree) => [tree[0]!, tree]),
  );
  return {
    proofFor: (provers, prover) => {
      const value = BigInt(provers);
      if (value === 0n) return [];
      if (value >> 160n === 0n) return value === BigInt(prover) ? [] : undefined;
      const tree = trees.get(provers.toLowerCase() as Hex);
      return tree === undefined ? undefined : proofIn(tree, leafOf(prover));
    },
  };
}

const leafOf = (prover: Hex): Hex => keccak256(keccak256(encodeAbiParameters([{ type: "address" }], [prover])));
const pairOf = (a: Hex, b: Hex): Hex => keccak256(a < b ? concat([a, b]) : concat([b, a]));

/** A complete binary tree, root first: the children of node i are 2i + 1 and 2i + 2; leaves in descending order. */
function treeOf(provers: readonly Hex[]): Hex[] {
  const leaves = provers.map(leafOf).sort();
  const tree: Hex[] = new Array(2 * leaves.length - 1);
  for (const [i, leaf] of leaves.entries()) tree[tree.length - 1 - i] = leaf;
  for (let i = tree.length - 1 - leaves.length; i >= 0; i--) tree[i] = pairOf(tree[2 * i + 1]!, tree[2 * i + 2]!);
  return tree;
}

function proofIn(tree: readonly Hex[], leaf: Hex): Hex[] | undefined {
  let node = tree.lastIndexOf(leaf);
  if (node === -1) return undefined;
  const proof: Hex[] = [];
  for (; node > 0; node = (node - 1) >> 1) proof.push(tree[node % 2 === 0 ? node - 1 : node + 1]!);
  return proof;
}
