/**
 * Gas of a proof on chain, from the circuit alone.
 *
 * Expressions are counted operation by operation (`graph/cost.ts`), for both forms. The other sections are straight lines fitted to
 * the sections that `test/verifier-gen/gas.test.ts` measures on models of examples/models, Osaka rules; there
 * execution is predicted within 0.5% for the standalone form and 1.5% for the universal one.
 */
import type { Circuit } from "../core/circuit.ts";
import { layoutOf, PRODUCT_DEGREE, ZERO_CHECK_DEGREE } from "../core/layout.ts";
import { proofWordCount } from "../core/proof.ts";
import { preimageLength, statementLength } from "../core/statement.ts";
import { MAX_CODE_BYTES } from "./code-size.ts";
import { expressionGas, reachable } from "./graph/cost.ts";
import { MAX_PRODUCTS_WITH_UNROLLED_ROUNDS, verifierRoots } from "./plan.ts";
import { compileProgram } from "./universal/program.ts";

export interface PredictedGas {
  readonly form: "standalone" | "universal";
  /** Execution of `verify`. */
  readonly executionGas: number;
  /** Runtime code for this model alone. */
  readonly codeBytes: number;
}

const PAIRING_GAS = 113_265;
const COMBINATION_BASE_GAS = 19_364;
const GAS_PER_COLUMN = 6_442;
const GAS_PER_ROUND = 398;
const GAS_PER_PRODUCT_ROUND = 157;
/** Power tables, public data, statement, commitments, dispatch and the first touch of memory. */
const OTHER_BASE_GAS = 2_650;
const GAS_PER_POWER = 68;
const GAS_PER_PUBLIC_BYTE = 2.2;
const GAS_PER_WORD = 8;
/** Canonical checks and hashing of the words outside the rounds. */
const GAS_PER_OTHER_WORD = 30;

/** An instruction of the universal verifier with its share of the loop; its call, its key and its own loops. */
const GAS_PER_INSTRUCTION = 102;
const UNIVERSAL_BASE_GAS = 11_700;

/**
 * A product, another node of the expressions; a column with its commitment; a round that is not part of a loop, as `planVerifier` chooses;
 * everything else. Fitted to 79 layouts of 15 models: off by up to 1,300 bytes, by less than 350 where the limit is near.
 */
const CODE_BYTES_PER_PRODUCT = 8.7;
const CODE_BYTES_PER_OTHER_NODE = 6;
const CODE_BYTES_PER_COLUMN = 168;
const CODE_BYTES_PER_UNROLLED_ROUND = 173;
const BASE_CODE_BYTES = 2_250;
const LOOPED_ROUND_GAS = 50;
const INSTRUCTION_BYTES = 6.4;
const KEY_BASE_BYTES = 1_700;

export function predictGas(circuit: Circuit): PredictedGas {
  const roots = verifierRoots({ circuit });
  const { logRows, productBits } = layoutOf(circuit);
  const nodes = (list: typeof roots.fixed) => list.map((root) => root.node);
  const expressions = expressionGas(nodes(roots.fixed), nodes(roots.weights));
  const words = proofWordCount(circuit);
  const wordsInRounds = ZERO_CHECK_DEGREE * logRows + PRODUCT_DEGREE * productBits;
  const publicBytes = statementLength(circuit.inputs) + statementLength(circuit.outputs) + preimageLength(circuit);
  const common =
    PAIRING_GAS +
    COMBINATION_BASE_GAS +
    GAS_PER_COLUMN * roots.weights.length +
    GAS_PER_ROUND * logRows +
    GAS_PER_PRODUCT_ROUND * productBits +
    OTHER_BASE_GAS +
    GAS_PER_POWER * roots.memory.powerTableSize +
    GAS_PER_PUBLIC_BYTE * publicBytes +
    GAS_PER_WORD * words +
    GAS_PER_OTHER_WORD * (words - wordsInRounds);
  const expressionNodes = reachable([...nodes(roots.fixed), ...nodes(roots.weights)]);
  const products = expressionNodes.filter(({ kind }) => kind === "multiply").length;
  const isUnrolled = products <= MAX_PRODUCTS_WITH_UNROLLED_ROUNDS;
  const codeBytes =
    BASE_CODE_BYTES +
    CODE_BYTES_PER_PRODUCT * products +
    CODE_BYTES_PER_OTHER_NODE * (expressionNodes.length - products) +
    CODE_BYTES_PER_COLUMN * roots.weights.length +
    (isUnrolled ? CODE_BYTES_PER_UNROLLED_ROUND * logRows : 0);
  if (codeBytes <= MAX_CODE_BYTES) {
    const rounds = isUnrolled ? 0 : LOOPED_ROUND_GAS * logRows;
    const executionGas = common + rounds + expressions.fixed + 2 * expressions.varying;
    return { form: "standalone", executionGas: Math.round(executionGas), codeBytes: Math.round(codeBytes) };
  }
  const { fixed, varying } = compileProgram(roots.fixed, roots.weights);
  return {
    form: "universal",
    executionGas: Math.round(common + UNIVERSAL_BASE_GAS + GAS_PER_INSTRUCTION * (fixed.length + 2 * varying.length)),
    codeBytes: Math.round(KEY_BASE_BYTES + INSTRUCTION_BYTES * (fixed.length + varying.length)),
  };
}
