"""Overround removal by hand, against penaltyblog, and where it cannot hold."""

import numpy as np
import penaltyblog
import pytest

from touchline.domain.errors import TouchlineError
from touchline.evaluation.margins import METHODS, remove_margin

ODDS = np.array([[1.50, 4.20, 7.00], [2.10, 3.30, 3.60], [1.05, 15.0, 41.0]])


@pytest.mark.parametrize("method", METHODS)
def test_what_is_left_sums_to_one_and_keeps_the_order(method: str) -> None:
    found = remove_margin(ODDS, method)
    assert found.probabilities.sum(axis=1) == pytest.approx(np.ones(3))
    assert (np.argsort(found.probabilities) == np.argsort(1 / ODDS)).all()
    assert not found.fell_back.any()


def test_proportional_by_hand() -> None:
    found = remove_margin(np.array([[2.0, 4.0, 4.0 / 1.5]]), "proportional").probabilities
    assert found == pytest.approx(np.array([[0.5, 0.25, 0.375]]) / 1.125)


def test_power_by_hand() -> None:
    # Inverse odds that are square roots of probabilities: the exponent is two.
    found = remove_margin(1 / np.sqrt(np.array([[0.5, 0.3, 0.2]])), "power").probabilities
    assert found == pytest.approx(np.array([[0.5, 0.3, 0.2]]), abs=1e-9)


@pytest.mark.parametrize(("ours", "theirs"), [("proportional", "multiplicative"), ("power", "power"), ("shin", "shin")])
def test_agreement_with_penaltyblog(ours: str, theirs: str) -> None:
    method = penaltyblog.implied.ImpliedMethod(theirs)
    for row, found in zip(ODDS, remove_margin(ODDS, ours).probabilities, strict=True):
        expected = penaltyblog.implied.calculate_implied(row.tolist(), method=method).probabilities
        assert found == pytest.approx(expected, abs=1e-6)


def test_shin_cannot_explain_a_book_under_one_hundred_percent_and_says_so() -> None:
    book = np.array([[2.2, 3.6, 4.2], [2.1, 3.3, 3.6]])
    assert (1 / book[0]).sum() < 1
    found = remove_margin(book, "shin")
    assert found.fell_back.tolist() == [True, False]
    assert found.probabilities[0] == pytest.approx(remove_margin(book, "proportional").probabilities[0])


def test_power_holds_for_a_book_under_one_hundred_percent() -> None:
    found = remove_margin(np.array([[2.2, 3.6, 4.2]]), "power")
    assert found.probabilities.sum() == pytest.approx(1)
    assert not found.fell_back.any()


def test_unpriced_matches_stay_unpriced() -> None:
    found = remove_margin(np.array([[np.nan, np.nan, np.nan], [2.1, 3.3, 3.6]]))
    assert np.isnan(found.probabilities[0]).all()
    assert found.fell_back.tolist() == [False, False]


def test_bad_input_is_named() -> None:
    with pytest.raises(TouchlineError, match="proportional, power, shin"):
        remove_margin(ODDS, "magic")
    with pytest.raises(TouchlineError, match="above 1"):
        remove_margin(np.array([[1.0, 3.0, 4.0]]))


def test_a_book_that_no_exponent_explains_says_so() -> None:
    found = remove_margin(np.array([[1.001, 1.01, 500.0], [2.1, 3.3, 3.6]]), "power")
    assert found.fell_back.tolist() == [True, False]
    assert found.probabilities.sum(axis=1) == pytest.approx([1, 1])


def test_power_reaches_books_with_a_wide_margin() -> None:
    found = remove_margin(1 / (np.array([[0.7, 0.2, 0.1]]) ** 0.25), "power")
    assert found.probabilities == pytest.approx(np.array([[0.7, 0.2, 0.1]]), abs=1e-9)
