"""The sentence encoder at run time: all-MiniLM-L6-v2 on CTranslate2, without PyTorch."""

from __future__ import annotations

from collections import OrderedDict
from functools import lru_cache
from pathlib import Path

import ctranslate2
import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

# The window the encoder was published with; the rest of a longer text is not read.
MAX_TOKENS = 256
BATCH_SIZE = 64
# Of a sentence's vector.
WIDTH = 384
# Sentences kept with their vectors: one message is read by several components, and people write "thanks" all day.
MOST_KEPT = 2000


class EncoderMissingError(Exception):
    """The converted encoder is not where the configuration says."""


def check_encoder(folder: Path) -> None:
    """Makes sure that the folder holds a converted encoder.

    Raises:
        EncoderMissingError: if it does not.
    """
    if not (folder / "model.bin").is_file() or not (folder / "tokenizer.json").is_file():
        raise EncoderMissingError(f"{folder}: no sentence encoder here; run 'make setup'")


@lru_cache(maxsize=2)
def load_encoder(folder: Path) -> SentenceEncoder:
    """The encoder in a folder, loaded once for all components of the process.

    Raises:
        EncoderMissingError: if the folder holds no converted encoder.
    """
    return SentenceEncoder(folder)


class SentenceEncoder:
    """Turns sentences into vectors whose dot product is their nearness in meaning (cosine)."""

    def __init__(self, folder: Path) -> None:
        """Loads the converted encoder.

        Args:
            folder: what ``python -m bot.nlu.encoder_conversion`` has written.

        Raises:
            EncoderMissingError: if the folder holds no converted encoder.
        """
        check_encoder(folder)
        # One thread: a sentence is too short to gain from more, and a turn must not crowd out its neighbours.
        self._encoder = ctranslate2.Encoder(str(folder), device="cpu", compute_type="int8", intra_threads=1)
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.no_padding()
        self._kept: OrderedDict[str, NDArray[np.float32]] = OrderedDict()

    def encode(self, texts: list[str]) -> NDArray[np.float32]:
        """Encodes sentences.

        Returns:
            One row of unit length for each text, shape ``(len(texts), 384)``: the mean of the token states, as the
            encoder was trained (Reimers and Gurevych 2019).
        """
        return np.ascontiguousarray(self.states(texts)[:, :WIDTH])

    def states(self, texts: list[str]) -> NDArray[np.float32]:
        """Encodes sentences, for what needs to know more than their meaning as a whole.

        Returns:
            One row for each text, shape ``(len(texts), 768)``: what ``encode`` returns, then the maximum of the token
            states, in which a few words stand out from a long message.
        """
        if not texts:
            return np.zeros((0, 2 * WIDTH), dtype=np.float32)
        if len(texts) > BATCH_SIZE:  # training data: nothing that a person will write again
            return self._encode_many(texts)
        if new := [it for it in dict.fromkeys(texts) if it not in self._kept]:
            self._kept.update(zip(new, self._encode_batch(new), strict=True))
        rows = np.stack([self._kept[it] for it in texts])
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return rows

    def forget(self) -> None:
        """Drops the vectors that are kept, as a benchmark must."""
        self._kept.clear()

    def _encode_many(self, texts: list[str]) -> NDArray[np.float32]:
        """Texts of about the same length together: what pads the shorter ones is computed for nothing."""
        order = np.argsort([len(it) for it in texts], kind="stable")
        rows = np.empty((len(texts), 2 * WIDTH), dtype=np.float32)
        for i in range(0, len(order), BATCH_SIZE):
            batch = order[i : i + BATCH_SIZE]
            rows[batch] = self._encode_batch([texts[it] for it in batch])
        return rows

    def _encode_batch(self, texts: list[str]) -> NDArray[np.float32]:
        ids = [encoding.ids for encoding in self._tokenizer.encode_batch(texts)]
        states = np.array(self._encoder.forward_batch(ids).last_hidden_state)
        lengths = np.array([len(row) for row in ids])
        mask = (np.arange(states.shape[1])[None, :] < lengths[:, None])[:, :, None]
        means = (states * mask).sum(axis=1) / lengths[:, None]
        unit = means / np.linalg.norm(means, axis=1, keepdims=True)
        most = np.where(mask, states, -np.inf).max(axis=1)
        return np.hstack([unit, most]).astype(np.float32)
