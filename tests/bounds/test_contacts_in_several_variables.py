"""Contacts on curves and surfaces, parts as variables, and polynomials without negative values."""

import itertools

import pytest
import sympy as sp
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

import theorycalc as tc
from theorycalc.bounds.closed_forms import exact_numbers
from theorycalc.bounds.domain import Variable
from theorycalc.bounds.enclosed import Enclosed
from theorycalc.bounds.goals import Goal
from theorycalc.bounds.manifolds import manifold_contact, surface_contact
from theorycalc.bounds.named import with_names
from theorycalc.bounds.orthants import not_negative
from theorycalc.bounds.problems import Problem
from theorycalc.core.arithmetic.ball import working_precision

X, Y, Z = sp.symbols("x y z", real=True)
HOLDS, FAILS = tc.Verdict.HOLDS, tc.Verdict.FAILS
UNIT = [Variable(s, sp.S.Zero, sp.S.One) for s in (X, Y)]


def _cell(*ends):
    return tuple((fmpq(a, 8), fmpq(b, 8)) for a, b in ends)


@pytest.mark.parametrize("ends", [[(0, 1), (0, 8)], [(4, 7), (0, 8)], [(8, 12), (0, 8)]])
def test_the_way_from_a_surface_to_a_cell_counts(ends):
    """x²(x − 1) is convex from 1/3 on, and negative up to 1."""
    f = Enclosed(X**2 * (X - 1) * (1 + Y**2), UNIT)
    for contact in (
        surface_contact(f, sp.Eq(X, 0)),
        manifold_contact(f, {"x": sp.S.Zero}),
    ):
        with working_precision(80):
            assert contact.closes(f, _cell(*ends), strict=False) is False


def test_cells_near_a_curve_in_space_are_closed():
    f = Enclosed(
        (X - Y) ** 2 + (Y - Z) ** 4 + (X - Z) ** 2, [*UNIT, Variable(Z, sp.S.Zero, sp.S.One)]
    )
    contact = manifold_contact(f, {"y": X, "z": X})
    with working_precision(80):
        cell = _cell((1, 2), (1, 2), (1, 2))
        assert contact.closes(f, cell, strict=False)
        assert not contact.closes(f, cell, strict=True)
    assert manifold_contact(f, {"y": X, "z": 1 - X}) is None


def test_strict_where_the_place_is_left_out():
    on = [Variable(s, sp.S.Zero, sp.S.One, low_open=True) for s in (X, Y)]
    f = Enclosed(X + Y + X * Y, on)
    contact = manifold_contact(f, {"x": sp.S.Zero, "y": sp.S.Zero})
    with working_precision(80):
        assert contact.closes(f, _cell((0, 2), (0, 2)), strict=True)
        assert not contact.closes(Enclosed(X + Y + X * Y, UNIT), _cell((0, 2), (0, 2)), strict=True)


SMALL = st.integers(-2, 3)
MONOMIALS = [X**a * Y**b for a in range(4) for b in range(4 - a)]
GRID = [sp.Rational(k, 4) for k in range(-4, 9)]


@given(st.lists(SMALL, min_size=len(MONOMIALS), max_size=len(MONOMIALS)), st.sampled_from([-1, 0]))
def test_polynomials_that_are_said_not_to_be_negative_are_not(coefficients, low):
    p = sp.Add(*(c * m for c, m in zip(coefficients, MONOMIALS, strict=True)))
    variables = tuple(Variable(s, sp.Integer(low), sp.Integer(2)) for s in (X, Y))
    if p != 0 and not_negative(p, variables):
        values = sp.lambdify((X, Y), p)
        grid = [float(x) for x in GRID if x >= low]
        assert min(values(a, b) for a, b in itertools.product(grid, grid)) >= -1e-12


@pytest.mark.parametrize("p", [Y**3 - X * Y**2, X * Y**2 - X**2 * Y, X**3 - X**2 * Y])
def test_every_order_counts(p):
    variables = tuple(Variable(s, sp.S.Zero, sp.Integer(2)) for s in (X, Y))
    assert not not_negative(p, variables)


@pytest.mark.parametrize("part", [X * Y, X - Y, X * Y - X, X**2 - Y, sp.exp(X) * Y])
def test_a_part_stays_within_its_range(part):
    variables = tuple(Variable(s, sp.Integer(-1), sp.Integer(2)) for s in (X, Y))
    problem = Problem(Goal(sp.cosh(part), sp.S.One, strict=False), variables)
    [reduction] = with_names(problem, (("p", part),))
    [new] = reduction.problems[0].variables
    for a, b in itertools.product([x for x in GRID if -1 <= x <= 2], repeat=2):
        value = part.subs({X: a, Y: b})
        assert new.low <= value <= new.high


def test_named_parts_prove_and_do_not_refute():
    mu, omega, nu, tau = sp.symbols("mu omega nu tau")
    on = {"mu": (-1, 1), "omega": (-1, 1), "nu": (1, 2), "tau": (1, 2)}
    relation = sp.exp(mu * omega) * sp.sqrt(nu * tau) < 2 * sp.E * nu * tau
    proof = tc.prove(tc.Claim(relation, on=on), substitute={"p": mu * omega, "q": nu * tau})
    assert proof.verdict is HOLDS
    assert "p = mu*omega" in str(proof)
    assert proof.verify()
    closer = sp.cosh(mu - omega) <= sp.cosh(mu) * sp.cosh(omega)
    false = tc.Claim(closer, on={name: on[name] for name in ("mu", "omega")})
    assert tc.prove(false, substitute={"p": mu - omega}).verdict is FAILS


@pytest.mark.parametrize(
    "substitute", [{"x": Y}, {"p": 3}, {"p": sp.Symbol("other")}, {"a b": X}, "p"]
)
def test_bad_names(substitute):
    claim = tc.Claim(sp.exp(X * Y) >= X * Y, on={"x": (0, 1), "y": (0, 1)})
    with pytest.raises(tc.TheoryCalcError):
        tc.prove(claim, substitute=substitute)


@pytest.mark.parametrize(
    "number",
    [sp.Rational(2, 7), sp.sqrt(2), sp.pi / 3, sp.exp(-1), sp.log(3), 1 / sp.log(2), sp.cbrt(5)],
)
def test_exact_numbers_are_found(number):
    near, gap = sp.Rational(str(sp.N(number, 15))), sp.Rational(1, 10**6)
    for sign in (1, -1):
        low, high = sorted((sign * (near - gap), sign * (near + gap)))
        found = exact_numbers(fmpq(int(low.p), int(low.q)), fmpq(int(high.p), int(high.q)))
        assert any(sp.simplify(x - sign * number) == 0 for x in found)


def test_values_stand_for_all_numbers_that_they_may_be():
    root = tc.Formula("root", sp.sqrt(2)).at(using=tc.Ball(10))
    x = sp.Symbol("x")
    assert tc.prove(tc.Claim(sp.exp(x) >= x * root, on={"x": (0, 2)})).verdict is HOLDS
    false = tc.prove(tc.Claim(root >= x, on={"x": (0, 2)}))
    assert (false.verdict, false.counterexample["x"], false.verify()) == (FAILS, 2, True)
    # true or false as the number is large or small
    close = tc.prove(tc.Claim(root >= x, on={"x": (0, sp.sqrt(2))}), budget=1)
    assert close.verdict is tc.Verdict.UNDECIDED
    estimate = tc.Claim(tc.Formula("root", sp.sqrt(2)).at(using=tc.MP(10)) >= x, on={"x": (0, 1)})
    with pytest.raises(tc.DomainError, match="estimate"):
        tc.prove(estimate)


def test_the_logarithm_of_two_is_found_below_one():
    x = sp.Symbol("x")
    proof = tc.prove(tc.Claim(2**x >= sp.E * sp.log(2) * x, on={"x": (0, 3)}))
    assert proof.verdict is HOLDS
    assert proof.contacts == ["contact of order 2 at x = 1/log(2)"]
    assert proof.verify()


def test_a_contact_on_an_open_end_is_saved(tmp_path):
    x, y = sp.symbols("x y")
    open_below = sp.Interval.Lopen(0, 1)
    relation = sp.log(1 + x + x * y) < x + x * y
    proof = tc.prove(tc.Claim(relation, on={"x": open_below, "y": (0, 1)}))
    assert proof.verdict is HOLDS
    assert tc.bounds.load(proof.save(tmp_path / "proof.json")).verify()
