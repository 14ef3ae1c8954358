"""Writes models as PyTorch's two exporters write them, and what they are judged on: PyTorch's own answers.

python -m venv venv && venv/bin/pip install torch==2.15.0 onnxscript==0.7.2 onnx==1.23.2
venv/bin/python test/compiler/exporters/torch_models.py

Nothing is changed in the files but that traces of source lines are left out.
"""
import json
from pathlib import Path

import onnx
import torch
import torch.nn.functional as F
from torch import nn

FOLDER = Path(__file__).parent
SAMPLES = 30
torch.manual_seed(7)
torch.set_num_threads(1)


class Images(nn.Module):
    """Convolutions with batch normalization, a residual sum, a padded pooling."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(1, 4, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(4)
        self.second = nn.Conv2d(4, 4, 3, padding=1, groups=2)
        self.out = nn.Linear(4, 3)

    def forward(self, x):
        x = F.silu(self.norm(self.first(x)))
        x = F.max_pool2d(F.relu6(x + self.second(x)), 3, 2, 1)
        return self.out(F.dropout(F.adaptive_avg_pool2d(x, 1).flatten(1), training=self.training))


class Lengths(nn.Module):
    """A recurrent network, its state at the length of each sequence."""

    def __init__(self):
        super().__init__()
        self.cells = nn.GRU(4, 5, batch_first=True, bidirectional=True)
        self.out = nn.Linear(10, 3)

    def forward(self, x, length):
        states, _ = self.cells(x)
        last = (length - 1).view(-1, 1, 1).expand(-1, 1, 10)
        return self.out(states.gather(1, last).squeeze(1))


class Cells(nn.Module):
    def __init__(self):
        super().__init__()
        self.cells = nn.LSTM(4, 5)
        self.out = nn.Linear(5, 3)
        # As they are initialised, cells answer nearly the same to everything.
        for weights in self.cells.parameters():
            nn.init.uniform_(weights, -0.8, 0.8)

    def forward(self, x):
        states, _ = self.cells(x.transpose(0, 1))
        return self.out(states[-1])


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.tokens = nn.Embedding(11, 8)
        self.places = nn.Embedding(8, 8)
        layer = nn.TransformerEncoderLayer(8, 2, 12, batch_first=True, activation="gelu", norm_first=True)
        self.layers = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.out = nn.Linear(8, 3)

    def forward(self, x):
        hidden = self.tokens(x) + self.places(torch.arange(x.shape[1]))
        return self.out(self.layers(hidden).mean(1))


class Decoder(nn.Module):
    """Causal attention over heads; the logits of the next token."""

    def __init__(self):
        super().__init__()
        self.tokens = nn.Embedding(11, 8)
        self.norm = nn.RMSNorm(8)
        self.mix = nn.Linear(8, 24)
        self.join = nn.Linear(8, 8)
        self.out = nn.Linear(8, 3)

    def forward(self, x):
        hidden = self.tokens(x)
        batch, length, width = hidden.shape
        heads = (part.view(batch, length, 2, 4).transpose(1, 2) for part in self.mix(self.norm(hidden)).chunk(3, 2))
        seen = F.scaled_dot_product_attention(*heads, is_causal=True)
        return self.out((hidden + self.join(seen.transpose(1, 2).reshape(batch, length, width)))[:, -1])


class Masked(nn.Module):
    """MultiheadAttention with a constant mask; padding of the result."""

    def __init__(self):
        super().__init__()
        self.tokens = nn.Embedding(11, 8, padding_idx=0)
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)
        self.out = nn.Linear(10, 3)
        self.register_buffer("mask", torch.triu(torch.ones(6, 6, dtype=torch.bool), 1))

    def forward(self, x):
        hidden = self.tokens(x)
        seen, _ = self.attention(hidden, hidden, hidden, attn_mask=self.mask, need_weights=False)
        return self.out(F.pad((hidden + seen).mean(1), (1, 1)))


class Experts(nn.Module):
    """Two of five experts by their gates, which are scattered back into a vector of weights."""

    def __init__(self):
        super().__init__()
        self.gate = nn.Linear(6, 5)
        self.experts = nn.Parameter(torch.randn(5, 6, 3))
        self.out = nn.Linear(3, 3)

    def forward(self, x):
        gates = self.gate(x)
        best, places = gates.topk(2)
        weights = torch.zeros_like(gates).scatter(1, places, best.softmax(-1))
        return self.out(torch.einsum("be,eij,bi->bj", weights, self.experts, x))


class Signals(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Conv1d(2, 4, 3, padding="same", dilation=2)
        self.groups = nn.GroupNorm(2, 4)
        self.slopes = nn.PReLU(4)
        self.wider = nn.ConvTranspose1d(4, 2, 3, stride=2)
        self.out = nn.Linear(2, 3)

    def forward(self, x):
        x = self.wider(self.slopes(F.hardswish(self.groups(self.first(x)))))
        return self.out(F.interpolate(x, scale_factor=2, mode="nearest").mean(2))


def numbers(*shape):
    return lambda: torch.randn(shape).round(decimals=2)


def tokens():
    return torch.randint(0, 11, (1, 6))


MODELS = {
    "torch_images": (Images(), [numbers(1, 1, 7, 7)], {"dynamo": True, "opset_version": 18}),
    "torch_lengths": (Lengths(), [numbers(1, 5, 4), lambda: torch.randint(1, 6, (1,))], {"dynamo": True, "is_free": True}),
    "torch_cells": (Cells(), [numbers(1, 5, 4)], {"dynamo": True, "opset_version": 22}),
    "torch_encoder": (Encoder(), [tokens], {"dynamo": True, "opset_version": 23}),
    "torch_decoder": (Decoder(), [tokens], {"dynamo": True, "opset_version": 20}),
    "torch_masked": (Masked(), [tokens], {"dynamo": False, "opset_version": 17}),
    "torch_experts": (Experts(), [numbers(1, 6)], {"dynamo": True, "is_free": True}),
    "torch_signals": (Signals(), [numbers(1, 2, 9)], {"dynamo": True, "opset_version": 23}),
}


def without_traces(model):
    for item in [model, model.graph, *model.graph.node, *model.graph.value_info, *model.graph.input, *model.graph.output, *model.graph.initializer, *model.functions]:
        item.doc_string = ""
        del item.metadata_props[:]
    return model


def prepare(model, samples):
    for part in model.modules():
        if isinstance(part, nn.BatchNorm2d):
            part.running_mean.uniform_(-0.3, 0.3)
            part.running_var.uniform_(0.5, 1.5)
    with torch.no_grad():
        # The last bias puts the mean answer at 0: no class always wins.
        model.out.bias -= torch.stack([model(*sample) for sample in samples]).mean((0, 1))
        return [int(model(*sample).argmax()) for sample in samples]


def rounded(value):
    return [round(number, 2) for number in value.flatten().tolist()]


judged = {}
for name, (model, inputs, options) in MODELS.items():
    model.eval()
    samples = [tuple(take() for take in inputs) for _ in range(SAMPLES)]
    labels = prepare(model, samples)
    example = samples[0]
    if options.pop("is_free", False):
        example = tuple(torch.cat([tensor, tensor]) for tensor in example)
        options["dynamic_shapes"] = tuple({0: torch.export.Dim("batch")} for _ in inputs)
    if options["dynamo"]:
        options["external_data"] = False
    path = FOLDER / f"{name}.onnx"
    torch.onnx.export(model, example, path, **options)
    written = onnx.load(path)
    onnx.save(without_traces(written), path)
    names = [value.name for value in written.graph.input]
    inputs = [{key: rounded(value) for key, value in zip(names, sample)} for sample in samples]
    judged[name] = {"inputs": inputs, "labels": labels}

(FOLDER / "torch.json").write_text(json.dumps(judged) + "\n")
