/** Channels last, as onnxruntime's optimizer lays quantized convolutions out: the operator of ONNX between two transpositions. */
import { MadeNodes } from "../expansion.ts";
import { MICROSOFT, numberOf, type ReplacedNode, typeOf } from "./replaced-node.ts";

const channelsLast = (op: string, real: string, takes: string, isAlways: boolean): ReplacedNode => ({
  op,
  domain: MICROSOFT,
  takes,
  expand: (node, known) => {
    const made = new MadeNodes(node);
    const { channels_last: last, ...attributes } = node.attributes;
    const rank = typeOf(node, 0, known).shape.length;
    const isLast = isAlways || numberOf(last, 0) !== 0;
    const [x, ...others] = node.inputs;
    const result = made.add(real, [isLast ? made.channelsFirst(x, rank) : x, ...others], attributes);
    return made.named(isLast ? made.channelsLast(result, rank) : result);
  },
});

export const CHANNELS_LAST_NODES: readonly ReplacedNode[] = [
  channelsLast("QLinearConv", "QLinearConv", "as QLinearConv; channels first or last", false),
  channelsLast("NhwcMaxPool", "MaxPool", "as MaxPool; channels last", true),
];
