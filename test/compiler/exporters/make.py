"""Writes the models of this folder with the converters that users run, and what they are judged on to samples.json.

python -m venv venv && venv/bin/pip install scikit-learn==1.9.1 skl2onnx==1.20.0 onnxmltools xgboost lightgbm
venv/bin/python test/compiler/exporters/make.py
"""
import json
from pathlib import Path

import lightgbm
import numpy as np
import xgboost
from onnxmltools.convert import convert_lightgbm, convert_xgboost
from onnxmltools.convert.common.data_types import FloatTensorType
from skl2onnx import to_onnx
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_diabetes, load_iris
from sklearn.ensemble import AdaBoostClassifier, IsolationForest, RandomForestClassifier, VotingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge, SGDClassifier
from sklearn.multiclass import OneVsOneClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    KBinsDiscretizer,
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    PolynomialFeatures,
    StandardScaler,
)
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier

FOLDER = Path(__file__).parent
flowers, species = load_iris(return_X_y=True)
names = np.array(["setosa", "versicolor", "virginica"])[species]
patients, progress = load_diabetes(return_X_y=True)
samples = {}


def write(name, model, x, y, convert, count=40):
    model.fit(x, y)
    (FOLDER / f"{name}.onnx").write_bytes(convert(model, x).SerializeToString())
    picked = np.random.default_rng(1).permutation(len(x))[:count]
    samples[name] = {"inputs": x[picked].round(4).tolist(), "labels": np.asarray(y)[picked].tolist()}


def by_skl2onnx(options=None):
    return lambda model, x: to_onnx(model, x[:1].astype(np.float32), options=options)


def by(convert, **options):
    return lambda model, x: convert(model, initial_types=[("x", FloatTensorType([None, x.shape[1]]))], **options)


scores = {"zipmap": False}
logistic = LogisticRegression(max_iter=1000)
write("naive_bayes", GaussianNB(), flowers, species, by_skl2onnx(scores))
write("sgd_logistic", make_pipeline(StandardScaler(), SGDClassifier(loss="log_loss", random_state=0)), flowers, species, by_skl2onnx(scores))
write("calibrated", CalibratedClassifierCV(logistic, cv=2), flowers, species, by_skl2onnx(scores))
write("voting", VotingClassifier([("a", logistic), ("b", DecisionTreeClassifier(max_depth=3))], voting="soft", flatten_transform=False), flowers, species, by_skl2onnx(scores))
write("one_vs_one", OneVsOneClassifier(LinearSVC()), flowers, species, by_skl2onnx())
write("named_classes", make_pipeline(MinMaxScaler(), LogisticRegression()), flowers, names, by_skl2onnx())
write("imputed", make_pipeline(SimpleImputer(), StandardScaler(), LogisticRegression()), flowers, species, by_skl2onnx(scores))
write("polynomial_ridge", make_pipeline(PolynomialFeatures(2), StandardScaler(), Ridge()), patients[:, :3], progress, by_skl2onnx())
parts = np.random.default_rng(5).integers(0, 7, len(flowers))
columns = ColumnTransformer([("code", OneHotEncoder(handle_unknown="ignore"), [0]), ("scale", StandardScaler(), [1, 2])])
mixed = np.c_[parts, flowers[:, :2]]
write("one_hot", make_pipeline(columns, logistic), mixed, (parts + (flowers[:, 0] > 6)) % 3, by_skl2onnx(scores))
write("binned", make_pipeline(KBinsDiscretizer(4, encode="onehot-dense", quantile_method="averaged_inverted_cdf"), logistic), flowers, species, by_skl2onnx(scores))
write("xgboost", xgboost.XGBClassifier(n_estimators=6, max_depth=3), flowers, species, by(convert_xgboost))
write("lightgbm", lightgbm.LGBMRegressor(n_estimators=6, num_leaves=12, verbose=-1), patients, progress, by(convert_lightgbm))
write("svc_probabilities", make_pipeline(StandardScaler(), SVC(probability=True, C=0.3, random_state=0)), flowers[::2], species[::2], by_skl2onnx(scores))
write("boosted_stumps", AdaBoostClassifier(n_estimators=6, random_state=0), flowers, species, by_skl2onnx(scores))
write("named_network", make_pipeline(StandardScaler(), MLPClassifier((6,), max_iter=900, random_state=0)), flowers, names, by_skl2onnx(scores))
ordinal = ColumnTransformer([("code", OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1), [0]), ("scale", StandardScaler(), [1, 2])])
write("ordinal", make_pipeline(ordinal, RandomForestClassifier(4, max_depth=4, random_state=0)), mixed, (parts + (flowers[:, 0] > 6)) % 3, by_skl2onnx(scores))
forest = IsolationForest(n_estimators=4, max_samples=20, contamination=0.1, random_state=1)
versions = {"": 18, "ai.onnx.ml": 3}
write("isolation_forest", forest, flowers, forest.fit_predict(flowers), lambda model, x: to_onnx(model, x[:1].astype(np.float32), target_opset=versions))
(FOLDER / "samples.json").write_text(json.dumps(samples) + "\n")
