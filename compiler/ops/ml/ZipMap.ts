import { inputType, type Operator } from "../operator.ts";
import { checkReshape } from "../reshaping.ts";

/** Scores by class: on chain a row of scores in the order of the classes, which is what comes in. */
export const zipMap: Operator = {
  op: "ZipMap",
  takes: "the scores in the order of the classes",
  check: (context) => checkReshape(context, inputType(context, 0).shape),
};
