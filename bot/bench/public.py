"""``make bench-public``: trains the shipped pipeline on public data sets and measures it beside published figures.

``python -m bot.bench.public FOLDER ... [--baseline]``: each folder holds pairs of ``<name>_train.jsonl`` and
``<name>_test.jsonl``, lines of ``text`` and ``intent``. With ``--baseline`` Rasa's default pipeline is trained on the
same data; it needs TensorFlow, which ``make bench BASELINE=1`` installs into an environment of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent
from rasa.model_training import train_nlu
from rasa.utils.log_utils import configure_structlog
from ruamel.yaml import YAML

from bot.bench.dataset import OUT_OF_SCOPE, Dataset, DatasetError, Query, find_datasets
from bot.bench.measures import AtThreshold, Measured, Prediction
from bot.nlu.language import build_language, load_shorthand
from bot.settings import ROOT
from bot.yaml_file import read_mapping

SHIPPED = ROOT / "config.yml"
DEFAULT = Path(__file__).with_name("default_pipeline.yml")
SPACY = "bot.nlu.shared_spacy.SharedSpacyNLP"
DETECTOR = "bot.nlu.warning_sign_detector.WarningSignDetector"
CLASSIFIERS = ("bot.nlu.intent_classifier.QuestionClassifier", "FallbackClassifier")
# What the best published classifier rejects of CLINC150's out-of-scope queries.
PUBLISHED_RECALL = 0.815
NO_INTENTS = ("nlu_fallback", None)


@dataclass(frozen=True)
class Run:
    """A pipeline trained and tested on a data set."""

    name: str
    measured: Measured
    threshold: float
    training_seconds: float
    milliseconds: float
    """Of one message, the median."""


def run_pipeline(name: str, config: Path, dataset: Dataset) -> Run:
    """Trains a pipeline on the data set as Rasa does, and parses every test query with it."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        content = _with_language(read_mapping(config), dataset, folder)
        _write(folder / "config.yml", content)
        _write(folder / "nlu.yml", {"version": "3.1", "nlu": _training_data(dataset.train)})
        _write(folder / "domain.yml", {"version": "3.1", "intents": sorted({it.intent for it in dataset.train})})
        start = time.perf_counter()
        model = train_nlu(
            config=str(folder / "config.yml"),
            nlu_data=str(folder / "nlu.yml"),
            output=str(folder),
            fixed_model_name="model",
            domain=str(folder / "domain.yml"),
        )
        seconds = time.perf_counter() - start
        agent = Agent.load(str(model))
        predictions, times = _parse(agent, dataset.test)
    threshold = next(it["threshold"] for it in content["pipeline"] if it["name"] in CLASSIFIERS)
    return Run(name, Measured(predictions), float(threshold), seconds, statistics.median(times))


def _parse(agent: Agent, queries: Iterable[Query]) -> tuple[list[Prediction], list[float]]:
    predictions, times = [], []
    for query in queries:
        start = time.perf_counter()
        parsed = asyncio.run(agent.parse_message(query.text))
        times.append((time.perf_counter() - start) * 1000)
        ranked = [it for it in parsed.get("intent_ranking", []) if it["name"] not in NO_INTENTS]
        first: dict[str, Any] = ranked[0] if ranked else {"name": OUT_OF_SCOPE, "confidence": 0.0}
        predictions.append(Prediction(query.intent, first["name"], first["confidence"]))
    return predictions, times


def _with_language(content: dict[str, Any], dataset: Dataset, folder: Path) -> dict[str, Any]:
    """The configuration with a language pipeline that knows the words of this data set.

    The detector of warning signs is left out: it knows a clinic's signs, and they are no intents of other data.
    """
    content["pipeline"] = [it for it in content["pipeline"] if it["name"] != DETECTOR]
    for component in content["pipeline"]:
        if component["name"] == SPACY:
            texts = [query.text for query in dataset.train]
            build_language([], texts, load_shorthand()).to_disk(folder / "language")
            component["model"] = str(folder / "language")
        if component["name"] == CLASSIFIERS[0]:
            component["language"] = str(folder / "language")
    return content


def _training_data(queries: Iterable[Query]) -> list[dict[str, str]]:
    examples: dict[str, list[str]] = {}
    for query in queries:
        # Brackets would be read as an annotated entity.
        text = " ".join(query.text.split()).translate(str.maketrans("[]{}", "()()"))
        examples.setdefault(query.intent, []).append(text)
    return [{"intent": intent, "examples": "".join(f"- {it}\n" for it in texts)} for intent, texts in examples.items()]


def _write(file: Path, content: dict[str, Any]) -> None:
    YAML().dump(content, file)


def _print(dataset: Dataset, runs: list[Run]) -> None:
    outside = sum(query.intent == OUT_OF_SCOPE for query in dataset.test)
    intents = len({query.intent for query in dataset.train})
    print(
        f"\n{dataset.name}: {intents} intents, {len(dataset.train)} examples,"
        f" {len(dataset.test) - outside} queries in scope and {outside} out of it"
    )
    print(f"  {'':16} {'in scope':>9} {'accuracy':>9} {'OOS recall':>11} {'MCC':>6}")
    for run in runs:
        rows = [("at t = 0.1", run.measured.at(0.1)), ("at the shipped t", run.measured.at(run.threshold))]
        rows += [("at its best t", run.measured.best())]
        rows += [("at that recall", run.measured.at_recall(PUBLISHED_RECALL))] if outside else []
        print(
            f"  {run.name}: AUROC {run.measured.auroc:.3f}, trained in {run.training_seconds:.0f} s,"
            f" {run.milliseconds:.1f} ms a message"
        )
        for label, at in rows:
            print(f"    {label:16} {_row(at)}")
    published = read_mapping(Path(__file__).with_name("published.yml"))["published"].get(dataset.name, [])
    for it in published:
        print(f"  published, {it['system']}: {it['figures']}")


def _row(at: AtThreshold) -> str:
    return (
        f"{at.in_scope:7.1%} {at.accuracy:9.1%} {at.out_of_scope_recall:11.1%} {at.mcc:6.3f}   (t = {at.threshold:.2f})"
    )


def main() -> None:
    """Measures every data set of the folders named on the command line."""
    parser = argparse.ArgumentParser(prog="bot.bench.public", description=__doc__)
    parser.add_argument("folder", nargs="+", type=Path, help="holds <name>_train.jsonl and <name>_test.jsonl")
    parser.add_argument("--baseline", action="store_true", help="also train Rasa's default pipeline (DIET)")
    arguments = parser.parse_args()
    if arguments.baseline and not find_spec("tensorflow"):
        sys.exit("Rasa's default pipeline needs TensorFlow: 'make bench BASELINE=1' runs this where it is installed.")
    configure_structlog(logging.ERROR)  # without it Rasa prints every message it parses
    try:
        datasets = [dataset for folder in arguments.folder for dataset in find_datasets(folder)]
    except DatasetError as error:
        sys.exit(str(error))
    for dataset in datasets:
        pipelines = [("this assistant", SHIPPED), *([("Rasa default (DIET)", DEFAULT)] if arguments.baseline else [])]
        _print(dataset, [run_pipeline(name, config, dataset) for name, config in pipelines])


if __name__ == "__main__":
    main()
