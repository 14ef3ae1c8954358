"""Writes the models that onnxruntime's quantizer made, and what they are judged on: the answers of onnxruntime to them.

python -m venv venv && venv/bin/pip install onnx==1.23.2 onnxruntime==1.31.1
venv/bin/python test/compiler/exporters/quantize.py
"""
import json
from pathlib import Path

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper, save
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_dynamic, quantize_static

FOLDER = Path(__file__).parent
random = np.random.default_rng(7)
# Noise on constants and on slopes to the right or down, so that answers differ.
across = np.linspace(-1, 1, 6)
bases = [np.ones((6, 6)), np.tile(across, (6, 1)), np.tile(across, (6, 1)).T]
images = np.array([[[random.uniform(-0.8, 0.8) * bases[i % 3] + random.uniform(-0.2, 0.2, (6, 6))]] for i in range(30)])
images = images.astype(np.float32).round(2)


def weights(name, *shape):
    return numpy_helper.from_array(random.normal(0, 1, shape).astype(np.float32), name)


def node(op, inputs, output, **attributes):
    return helper.make_node(op, inputs, [output], name=output, **attributes)


# Convolution, Swish, a residual sum, a concatenation, average pooling and a dense layer.
nodes = [
    node("Conv", ["x", "w1", "b1"], "c1", pads=[1, 1, 1, 1]),
    node("Sigmoid", ["c1"], "s"),
    node("Mul", ["c1", "s"], "m"),
    node("Conv", ["m", "w2", "b2"], "c2", pads=[1, 1, 1, 1]),
    node("Add", ["m", "c2"], "a"),
    node("LeakyRelu", ["a"], "l", alpha=0.1),
    node("Concat", ["l", "m"], "k", axis=1),
    node("GlobalAveragePool", ["k"], "p"),
    node("Flatten", ["p"], "f"),
    node("Gemm", ["f", "w3", "b3"], "y"),
]
constants = [weights("w1", 4, 1, 3, 3), weights("b1", 4), weights("w2", 4, 4, 3, 3), weights("b2", 4), weights("w3", 8, 3), weights("b3", 3)]
values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in [("x", [1, 1, 6, 6]), ("y", [1, 3])]]
graph = helper.make_graph(nodes, "net", values[:1], values[1:], constants)
real = FOLDER / "real.onnx"
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
# The last bias puts the mean answer at 0: no class always wins.
session = onnxruntime.InferenceSession(model.SerializeToString())
mean = np.mean([session.run(None, {"x": image})[0][0] for image in images], axis=0)
bias = next(item for item in model.graph.initializer if item.name == "b3")
bias.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(bias) - mean, "b3"))
save(model, real)


class Images(CalibrationDataReader):
    def __init__(self):
        self.left = iter(images)

    def get_next(self):
        image = next(self.left, None)
        return None if image is None else {"x": image}


quantize_static(real, FOLDER / "quantized_operators.onnx", Images(), quant_format=QuantFormat.QOperator, activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8)
quantize_dynamic(real, FOLDER / "quantized_dynamic.onnx")
real.unlink()
samples = {}
for name in ["quantized_operators", "quantized_dynamic"]:
    session = onnxruntime.InferenceSession(FOLDER / f"{name}.onnx")
    answers = [session.run(None, {"x": image})[0][0] for image in images]
    samples[name] = {"inputs": [[[[round(float(value), 2) for value in row] for row in image[0][0]]] for image in images], "labels": [int(answer.argmax()) for answer in answers]}
    print(name, np.bincount(samples[name]["labels"]))
(FOLDER / "quantized.json").write_text(json.dumps(samples) + "\n")
