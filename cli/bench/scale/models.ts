/**
 * Models of realistic size with seeded random weights. Only their cost means anything: nothing is learned, so nothing is said
 * about their answers.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type ModelWriter, modelWriter, uniform } from "./onnx.ts";

export interface ScaleModel {
  readonly about: string;
  /** Shape of one input, without the batch axis. */
  readonly input: readonly number[];
  readonly layers: (writer: ModelWriter) => void;
}

const SEED = 20_261;
/** The precision search runs the model on each of them. */
const SAMPLES = 4;

export const SCALE_MODELS: Readonly<Record<string, ScaleModel>> = {
  mlp2m: { about: "MLP, 2.0 M weights, 6,220 ReLU", input: [220], layers: mlp([3000, 220, 3000], 10) },
  vgg16: { about: "VGG-16 at CIFAR size (Simonyan and Zisserman, 2014)", input: [3, 32, 32], layers: vgg16 },
  conv_16px: {
    about: "three 3x3 convolutions, 32 channels of 16 x 16",
    input: [32, 16, 16],
    layers: convolutions(32, 3),
  },
  conv_32px: {
    about: "the weights and activations of conv_16px at four times the multiplications",
    input: [8, 32, 32],
    layers: convolutions(8, 12),
  },
  mobilenet_v2: {
    about: "MobileNetV2 (Sandler et al., 2018) on 32 x 32, the first convolution with stride 2",
    input: [3, 32, 32],
    layers: mobileNetV2,
  },
  forest128: {
    about: "128 full trees of depth 9 over 128 features, 65,408 branches and 65,536 leaves",
    input: [128],
    layers: (writer) => writer.trees(128, 9),
  },
  nanogpt: {
    about: "a decoder of 5 layers of width 64 with 4 heads over 16 embedded characters, 0.25 M weights",
    input: [16, 64],
    layers: decoder({ layers: 5, heads: 4, outputs: 65 }),
  },
  gpt2_block: {
    about: "one block of GPT-2 small (Radford et al., 2019) over 8 embedded tokens, 7.1 M weights",
    input: [8, 768],
    layers: decoder({ layers: 1, heads: 12 }),
  },
  gpt2_two_blocks: {
    about: "two blocks of GPT-2 small over 8 embedded tokens, 14.2 M weights",
    input: [8, 768],
    layers: decoder({ layers: 2, heads: 12 }),
  },
  resnet18: { about: "ResNet-18 at CIFAR size (He et al., 2015)", input: [3, 32, 32], layers: resnet18 },
};

function mlp(hidden: readonly number[], outputs: number): (writer: ModelWriter) => void {
  return (writer) => {
    for (const width of hidden) {
      writer.dense(width);
      writer.relu();
    }
    writer.dense(outputs);
  };
}

function convolutions(channels: number, kernel: number): (writer: ModelWriter) => void {
  return (writer) => {
    for (let layer = 0; layer < 3; layer++) {
      writer.conv(channels, kernel, 1);
      writer.relu();
    }
  };
}

function vgg16(writer: ModelWriter): void {
  const stages = [
    [64, 2],
    [128, 2],
    [256, 3],
    [512, 3],
    [512, 3],
  ];
  for (const [channels, depth] of stages) {
    for (let layer = 0; layer < depth; layer++) {
      writer.conv(channels, 3, 1);
      writer.relu();
    }
    writer.maxPool(2);
  }
  writer.flatten();
  writer.dense(512);
  writer.relu();
  writer.dense(10);
}

function resnet18(writer: ModelWriter): void {
  writer.conv(64, 3, 1);
  writer.relu();
  for (const [channels, stride] of [
    [64, 1],
    [128, 2],
    [256, 2],
    [512, 2],
  ]) {
    residual(writer, channels, stride);
    residual(writer, channels, 1);
  }
  writer.globalAveragePool();
  writer.flatten();
  writer.dense(10);
}

function mobileNetV2(writer: ModelWriter): void {
  writer.conv(32, 3, 2);
  writer.relu6();
  const stages = [
    { expansion: 1, channels: 16, depth: 1, stride: 1 },
    { expansion: 6, channels: 24, depth: 2, stride: 1 },
    { expansion: 6, channels: 32, depth: 3, stride: 2 },
    { expansion: 6, channels: 64, depth: 4, stride: 2 },
    { expansion: 6, channels: 96, depth: 3, stride: 1 },
    { expansion: 6, channels: 160, depth: 3, stride: 2 },
    { expansion: 6, channels: 320, depth: 1, stride: 1 },
  ];
  for (const { expansion, channels, depth, stride } of stages) {
    for (let block = 0; block < depth; block++) invertedResidual(writer, expansion, channels, block === 0 ? stride : 1);
  }
  writer.conv(1280, 1, 1);
  writer.relu6();
  writer.globalAveragePool();
  writer.flatten();
  writer.dense(10);
}

/** Expansion, convolution of each channel by itself, and projection without an activation. */
function invertedResidual(writer: ModelWriter, expansion: number, channels: number, stride: number): void {
  const { tensor, shape } = writer;
  const hidden = expansion * shape[0];
  if (expansion > 1) {
    writer.conv(hidden, 1, 1);
    writer.relu6();
  }
  writer.conv(hidden, 3, stride, hidden);
  writer.relu6();
  writer.conv(channels, 1, 1);
  if (stride === 1 && shape[0] === channels) writer.add(tensor);
}

function decoder(size: { layers: number; heads: number; outputs?: number }): (writer: ModelWriter) => void {
  return (writer) => {
    const width = writer.shape[1];
    for (let layer = 0; layer < size.layers; layer++) {
      skipped(writer, () => writer.causalAttention(size.heads));
      skipped(writer, () => {
        writer.tokenDense(4 * width);
        writer.gelu();
        writer.tokenDense(width);
      });
    }
    if (size.outputs === undefined) return;
    writer.layerNorm();
    writer.tokenDense(size.outputs);
  };
}

/** x + f(norm(x)) */
function skipped(writer: ModelWriter, layers: () => void): void {
  const { tensor } = writer;
  writer.layerNorm();
  layers();
  writer.add(tensor);
}

function residual(writer: ModelWriter, channels: number, stride: number): void {
  const { tensor, shape } = writer;
  let shortcut = tensor;
  if (stride > 1) {
    writer.conv(channels, 1, stride);
    shortcut = writer.tensor;
    writer.from(tensor, shape);
  }
  writer.conv(channels, 3, stride);
  writer.relu();
  writer.conv(channels, 3, 1);
  writer.add(shortcut);
  writer.relu();
}

export interface ModelFiles {
  readonly model: string;
  readonly samples: string;
  readonly params: number;
  readonly macs: number;
}

/** Writes model.onnx and samples.json into the folder. */
export async function writeScaleModel(name: string, folder: string): Promise<ModelFiles> {
  const { input, layers } = SCALE_MODELS[name];
  const writer = modelWriter(name, input, SEED);
  layers(writer);
  const random = uniform(SEED + 1);
  const count = input.reduce((product, size) => product * size);
  const inputs = Array.from({ length: SAMPLES }, () => nested(input, Array.from({ length: count }, random)));
  const files = { model: join(folder, "model.onnx"), samples: join(folder, "samples.json") };
  await mkdir(folder, { recursive: true });
  await writeFile(files.model, writer.encode());
  await writeFile(files.samples, JSON.stringify({ inputs }));
  return { ...files, params: writer.params, macs: writer.macs };
}

/** Row-major values as nested lists. */
function nested(shape: readonly number[], values: readonly number[]): unknown[] {
  const [first, ...rest] = shape;
  if (rest.length === 0) return [...values];
  const size = values.length / first;
  return Array.from({ length: first }, (_, i) => nested(rest, values.slice(i * size, (i + 1) * size)));
}
