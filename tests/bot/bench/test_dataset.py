from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.bench.dataset import OUT_OF_SCOPE, Dataset, DatasetError, Query, find_datasets


def write(file: Path, *queries: tuple[str, str]) -> None:
    lines = [json.dumps({"text": text, "intent": intent}, ensure_ascii=False) for text, intent in queries]
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def test_each_pair_of_files_is_a_data_set_in_the_order_of_names(tmp_path: Path) -> None:
    for name in ("zoo", "bank_two", "bank"):
        write(tmp_path / f"{name}_train.jsonl", (f"{name}?", "a"), ("Ünï", "b"))
        write(tmp_path / f"{name}_test.jsonl", ("c?", OUT_OF_SCOPE))

    assert find_datasets(tmp_path) == [
        Dataset(name, (Query(f"{name}?", "a"), Query("Ünï", "b")), (Query("c?", OUT_OF_SCOPE),))
        for name in ("bank", "bank_two", "zoo")
    ]


def test_a_folder_may_hold_one_data_set_without_names(tmp_path: Path) -> None:
    write(tmp_path / "train.jsonl", ("a?", "a"))
    write(tmp_path / "test.jsonl", ("b?", "a"))

    assert find_datasets(tmp_path) == [Dataset(tmp_path.name, (Query("a?", "a"),), (Query("b?", "a"),))]


def test_queries_from_outside_in_a_file_of_their_own_are_tested_with_too(tmp_path: Path) -> None:
    write(tmp_path / "train.jsonl", ("a?", "a"))
    write(tmp_path / "test.jsonl", ("b?", "a"))
    write(tmp_path / "oos_test.jsonl", ("c?", OUT_OF_SCOPE))

    (found,) = find_datasets(tmp_path)
    assert found.test == (Query("b?", "a"), Query("c?", OUT_OF_SCOPE))


def test_other_fields_and_files_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "x_train.jsonl").write_text('{"text": "a?", "intent": "a", "id": 7}\n', encoding="utf-8")
    (tmp_path / "README.md").write_text("x", encoding="utf-8")
    write(tmp_path / "x_test.jsonl")

    assert find_datasets(tmp_path) == [Dataset("x", (Query("a?", "a"),), ())]


def test_a_separator_inside_a_text_does_not_end_the_line(tmp_path: Path) -> None:
    write(tmp_path / "train.jsonl", ("one\u2028two", "a"))
    write(tmp_path / "test.jsonl")

    assert find_datasets(tmp_path)[0].train == (Query("one\u2028two", "a"),)


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=f"{tmp_path / 'none'}: there is no such folder"):
        find_datasets(tmp_path / "none")


def test_a_folder_without_a_data_set_is_named_with_what_is_expected(tmp_path: Path) -> None:
    write(tmp_path / "x_test.jsonl")

    with pytest.raises(DatasetError, match=f"{tmp_path}: holds no data set; expected <name>_train.jsonl"):
        find_datasets(tmp_path)


@pytest.mark.parametrize(("train", "test"), [("x_train.jsonl", "x_test.jsonl"), ("train.jsonl", "test.jsonl")])
def test_a_missing_partner_is_named(tmp_path: Path, train: str, test: str) -> None:
    write(tmp_path / train, ("a?", "a"))

    with pytest.raises(DatasetError, match=f"{tmp_path / test}: is missing"):
        find_datasets(tmp_path)


@pytest.mark.parametrize("line", ["{", "", "[1]", "3", '"text"', '{"text": "a?"}', '{"intent": "a"}'])
def test_a_wrong_line_is_named_with_its_number(tmp_path: Path, line: str) -> None:
    write(tmp_path / "x_test.jsonl")
    file = tmp_path / "x_train.jsonl"
    file.write_text(f'{{"text": "a?", "intent": "a"}}\n{line}\n', encoding="utf-8")

    with pytest.raises(DatasetError) as raised:
        find_datasets(tmp_path)
    assert str(raised.value) == f'{file}, line 2: must be like {{"text": "...", "intent": "..."}}'
