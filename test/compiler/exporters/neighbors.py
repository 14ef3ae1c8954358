"""Writes models of the nearest neighbors as skl2onnx does, and what they are judged on: scikit-learn's own answers.

python -m venv venv && venv/bin/pip install scikit-learn==1.9.1 skl2onnx==1.20.0
venv/bin/python test/compiler/exporters/neighbors.py
"""
import json
from pathlib import Path

import numpy as np
from skl2onnx import to_onnx
from sklearn.datasets import load_iris
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

FOLDER = Path(__file__).parent
flowers, species = load_iris(return_X_y=True)
flowers = flowers.astype(np.float32)
known = np.arange(150) % 3 != 0
asked = flowers[~known][:48]
MODELS = {
    "neighbors_classes": (KNeighborsClassifier(5), species, {"zipmap": False}),
    "neighbors_mean": (KNeighborsRegressor(4), flowers[:, 3], {}),
}

judged = {}
for name, (model, targets, options) in MODELS.items():
    model.fit(flowers[known], targets[known])
    written = to_onnx(model, flowers[:1], target_opset={"": 18, "ai.onnx.ml": 3}, options=options)
    (FOLDER / f"{name}.onnx").write_bytes(written.SerializeToString())
    inputs = [[round(float(value), 1) for value in flower] for flower in asked]
    judged[name] = {"inputs": inputs, "labels": [round(float(answer), 6) for answer in model.predict(asked)]}
(FOLDER / "neighbors.json").write_text(json.dumps(judged) + "\n")
