"""Writes layers of PyTorch as its exporters write them, and as onnxruntime then optimizes and quantizes them; what they are judged on.

python -m venv venv && venv/bin/pip install torch==2.15.0 onnxscript==0.7.2 onnx==1.23.2 onnxruntime==1.31.1
venv/bin/python test/compiler/exporters/layers.py

Nothing is changed in the files but that traces of source lines are left out.
"""
import json
from pathlib import Path

import onnx
import onnxruntime
import torch
import torch.nn.functional as F
from onnxruntime.quantization import quantize_dynamic
from torch import nn

FOLDER = Path(__file__).parent
SAMPLES = 30
torch.manual_seed(7)
torch.set_num_threads(1)


class Bag(nn.Module):
    """Two bags of tokens, their mean or sum."""

    def __init__(self, mode):
        super().__init__()
        self.tokens = nn.EmbeddingBag(11, 6, mode=mode)
        self.out = nn.Linear(12, 3)

    def forward(self, x):
        return self.out(self.tokens(x.flatten(), torch.tensor([0, 2])).view(1, -1))


class Pair(nn.Module):
    """Encoder and decoder, attention across; what is normalized is normalized again."""

    def __init__(self):
        super().__init__()
        self.tokens = nn.Embedding(11, 8)
        self.layers = nn.Transformer(8, 2, 1, 1, 12, batch_first=True, activation="gelu")
        self.out = nn.Linear(8, 3)

    def forward(self, x):
        hidden = self.tokens(x)
        return self.out(self.layers(hidden, hidden[:, :3]).mean(1))


class Llama(nn.Module):
    """RMSNorm, turned queries and keys, two queries for each key, a gated unit."""

    def __init__(self):
        super().__init__()
        self.tokens = nn.Embedding(11, 8)
        self.before, self.between = nn.RMSNorm(8), nn.RMSNorm(8)
        self.q, self.k, self.v, self.join = (nn.Linear(8, width, bias=False) for width in (8, 4, 4, 8))
        self.gate, self.up, self.down = nn.Linear(8, 12), nn.Linear(8, 12), nn.Linear(12, 8)
        self.out = nn.Linear(8, 3)

    def turned(self, x):
        angles = torch.outer(torch.arange(x.shape[2]).float(), torch.tensor([1.0, 0.01])).repeat(1, 2)
        first, second = x.chunk(2, -1)
        return x * angles.cos() + torch.cat([-second, first], -1) * angles.sin()

    def forward(self, x):
        hidden = self.tokens(x)
        normal = self.before(hidden)
        q, k, v = (part(normal).view(1, 6, -1, 4).transpose(1, 2) for part in (self.q, self.k, self.v))
        seen = F.scaled_dot_product_attention(self.turned(q), self.turned(k), v, is_causal=True, enable_gqa=True)
        hidden = hidden + self.join(seen.transpose(1, 2).reshape(1, 6, 8))
        normal = self.between(hidden)
        return self.out((hidden + self.down(F.silu(self.gate(normal)) * self.up(normal)))[:, -1])


def without_traces(model):
    for item in [model, model.graph, *model.graph.node, *model.graph.value_info, *model.graph.input, *model.graph.output, *model.graph.initializer, *model.functions]:
        item.doc_string = ""
        del item.metadata_props[:]
    return model


def optimized(source, target):
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(target)
    onnxruntime.InferenceSession(source, options)


def answers(path, samples):
    session = onnxruntime.InferenceSession(path)
    name = session.get_inputs()[0].name
    return [int(session.run(None, {name: sample.numpy()})[0].argmax()) for sample in samples]


MODELS = {
    "torch_bag": (Bag("mean"), {"dynamo": True, "opset_version": 23}),
    "torch_bag_loop": (Bag("sum"), {"dynamo": False, "opset_version": 17}),
    "torch_pair": (Pair(), {"dynamo": True, "opset_version": 20}),
    "torch_llama": (Llama(), {"dynamo": True, "opset_version": 23}),
}

judged = {}


def judge(name, samples):
    path = FOLDER / f"{name}.onnx"
    onnx.save(without_traces(onnx.load(path)), path)
    judged[name] = {"inputs": [sample.flatten().tolist() for sample in samples], "labels": answers(path, samples)}


for name, (model, options) in MODELS.items():
    model.eval()
    tried = [torch.randint(0, 11, (1, 6)) for _ in range(3 * SAMPLES)]
    with torch.no_grad():
        # The last bias puts the mean answer at 0: no class always wins.
        model.out.bias -= torch.stack([model(sample) for sample in tried]).mean((0, 1))
        # An untrained model often all but ties: the samples it is surest of.
        margins = [float(best[0] - best[1]) for best in (model(sample).flatten().topk(2).values for sample in tried)]
    samples = [tried[i] for i in sorted(range(len(tried)), key=lambda i: -margins[i])[:SAMPLES]]
    if options["dynamo"]:
        options["external_data"] = False
    path = FOLDER / f"{name}.onnx"
    torch.onnx.export(model, (samples[0],), path, **options)
    judge(name, samples)
    if name == "torch_pair":
        optimized(path, FOLDER / "optimized_pair.onnx")
        judge("optimized_pair", samples)
        plain = onnx.load(path)
        # Shapes of inner tensors that were written for other ranks stop the quantizer.
        del plain.graph.value_info[:]
        quantize_dynamic(plain, FOLDER / "optimized_dynamic.onnx", op_types_to_quantize=["MatMul"])
        optimized(FOLDER / "optimized_dynamic.onnx", FOLDER / "optimized_dynamic.onnx")
        judge("optimized_dynamic", samples)

(FOLDER / "layers.json").write_text(json.dumps(judged) + "\n")
