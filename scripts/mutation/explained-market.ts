/** Mutants of the market that no test can tell from it, and why. */
import type { SolidityMutant } from "./solidity-mutants.ts";

interface Explanation {
  readonly file: RegExp;
  readonly source: RegExp;
  readonly change: RegExp;
  readonly why: string;
}

const EXPLAINED: readonly Explanation[] = [
  {
    file: /./,
    source: /^if \(.*\) revert /,
    change: /^swapped/,
    why: "a revert undoes what came before it",
  },
  {
    file: /./,
    source: /^emit /,
    change: /^swapped/,
    why: "only the order of logs: nothing that is called next reaches a guarded function, or has money or state left to take",
  },
  {
    file: /./,
    source: /^if \((\w+) > ([\w.]+)\) (\1 = \2|\2 = \1);$/,
    change: /^> to >=/,
    why: "sets a value to itself",
  },
  {
    file: /./,
    source: /^if \(from >= to\) return \w+;$/,
    change: /^>= to >/,
    why: "a range without elements is empty either way",
  },
  {
    file: /Settlements/,
    source: /BATCH_ITEM_RESERVE = /,
    change: /^(plus|minus) one/,
    why: "a margin of thousands",
  },
  {
    file: /Settlements/,
    source: /^bytes memory call = abi\.encodeCall\(this\.settleItem/,
    change: /^swapped/,
    why: "takes the gas of the encoding from a margin of thousands",
  },
  {
    file: /Settlements/,
    source: /^if \(slot\.has\(RequestSlotLibrary\.BUMPED \| RequestSlotLibrary\.CANCELLED\)\) \{$/,
    change: /^condition always true/,
    why: "reads the flags again, and deletes what was never written",
  },
  {
    file: /MarketState/,
    source: /^if \(!slot\.has\(RequestSlotLibrary\.BUMPED \| RequestSlotLibrary\.CANCELLED\)\) return/,
    change: /^condition always false/,
    why: "an amendment that was never written is zero",
  },
  {
    file: /Settlements/,
    source: /^if \(length < 2\) return proven;$/,
    change: /^(condition always false|< to <=|plus one|minus one)/,
    why: "a shortcut for batches too small to gain: what is not proven together is verified by itself",
  },
  {
    file: /Settlements/,
    source: /^for \(uint256 i = 0; i < length; \+\+i\) \{$/,
    change: /^plus one/,
    why: "the first item is verified by itself",
  },
  {
    file: /Settlements/,
    source: /PairingBatch\.gasFor\(count \+ 1\)/,
    change: /^(swapped|plus one|minus one)/,
    why: "items for which the gas of the pairing is not there are verified by themselves, or fail in calls of their own",
  },
  {
    file: /Settlements/,
    source: /^if \(count == 0 \|\| /,
    change: /^plus one/,
    why: "without an item there is nothing to take back, and a single one is verified by itself",
  },
  {
    file: /Settlements/,
    source: /^if \(!proven\) _verify\(s, output\);$/,
    change: /^swapped/,
    why: "a verifier sees no state, and a revert undoes what came before it",
  },
  {
    file: /Settlements/,
    source: /^if \(!plain\) _creditOthers/,
    change: /^condition always true/,
    why: "without options there is neither surplus nor collateral",
  },
  {
    file: /Amendments|Payouts/,
    source: /^if \(slot\.has\(RequestSlotLibrary\.LOCKED\)\) \{$/,
    change: /^condition always true/,
    why: "a lock that was never taken ended at 0 and is nobody's",
  },
  {
    file: /Payouts/,
    source: /^if \(toRescuer != 0\) _credit/,
    change: /^condition always true/,
    why: "credits nothing",
  },
  {
    file: /MarketState/,
    source: /^uint256 startedAt = /,
    change: /^< to <=/,
    why: "a pause that follows another without a second between them may count as one with it",
  },
];

export function explanationOf({ file, source, change }: SolidityMutant): string | undefined {
  return EXPLAINED.find((item) => item.file.test(file) && item.source.test(source) && item.change.test(change))?.why;
}
