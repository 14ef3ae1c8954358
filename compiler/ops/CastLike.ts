import { castMeaning } from "./Cast.ts";
import { inputType, type Operator } from "./operator.ts";

/** To the type of the second input, whose values have no part in it. */
export const castLike: Operator = {
  op: "CastLike",
  takes: "as Cast",
  check: (context) => castMeaning(inputType(context, 0), inputType(context, 1).dtype),
};
