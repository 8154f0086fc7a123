"""What the proofs of solutions rest on: boxes, discs at edges, and the other branches."""

import pytest
import sympy as sp
from flint import acb, arb, ctx
from reference import assert_error_holds

import theorycalc as tc
from theorycalc.spectra import in_balls, in_balls_edges, in_balls_meeting

S = tc.spectra
LAWS = {
    "two": S.sample_covariance({1: "1/2", 4: "1/2"}, "1/10"),
    "deep": S.sample_covariance(S.marchenko_pastur("1/2"), "1/4") + S.semicircle("1/5"),
    "meet": S.discrete({-1: "1/2", 1: "1/2"}) + S.discrete({0: "1/3", 1: "2/3"}),
}


@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
def test_boxes_hold_the_solution(law):
    """At a few bits and at many; a start that is off is no matter."""
    with ctx.workprec(300):
        exact = in_balls.solve(law.node, arb("1.1"), arb("0.25"))
    for bits in (30, 53, 100):
        with ctx.workprec(bits):
            numbers, z = in_balls.Balls(), acb(arb("1.1"), arb("0.25"))
            found = in_balls.solve(law.node, z.real, z.imag)
            assert found.g.overlaps(exact.g)
            # the point of Newton's method, moved by what its last step may leave
            middle = [acb(complex(s)) + acb(1e-6, 1e-6) for s in _unknowns(exact)]
            box = in_balls._proved(law.node, numbers, [s.mid() for s in middle], z)
            if box is not None:
                assert all(
                    one.overlaps(two) for one, two in zip(box, _unknowns(exact), strict=True)
                )


def _unknowns(point):
    """The unknowns of a law: the places at which its atoms are asked."""
    if not point.parts:
        return [point.z]
    return [s for part in point.parts for s in _unknowns(part)]


def test_a_disc_is_what_no_solution_leaves():
    """Around an edge: the solution at x is inside, whichever side x is on."""
    law = LAWS["two"]
    with ctx.workprec(200):
        numbers = in_balls.Balls()
        for s, z in in_balls_edges.edges(law.node):
            for power in (6, 10, 20):
                for side in (1, -1):
                    x = z + side * arb(10) ** -power
                    [disc] = in_balls._disc(law.node, numbers, x, s, z)
                    [inside] = _unknowns(in_balls.solve(law.node, x, arb(0)))
                    assert disc.contains(inside)


def test_other_solutions_are_refused():
    """The cubic of ±1 ⊞ SC(2) has the conjugate and a real root besides."""
    law = S.discrete({-1: "1/2", 1: "1/2"}) + S.semicircle(2)
    with ctx.workprec(100):
        numbers, z = in_balls.Balls(), acb(arb("0.3"))
        [right] = _unknowns(in_balls.solve(law.node, z.real, arb(0)))
        other = [acb(right.real.mid(), -right.imag.mid())]
        assert in_balls._proved(law.node, numbers, other, z) is not None
        assert in_balls.proved_at(law.node, numbers, other, z) is None
        real = [acb((z.real - 2 * right.real).mid())]
        assert in_balls.proved_at(law.node, numbers, real, z) is None


def test_two_arithmetics_agree_on_all_that_is_asked():
    for law in LAWS.values():
        for formula in (law.density, law.cdf):
            values = [formula.at(x="1.1", using=u) for u in (tc.Float(), tc.MP(20), tc.Ball(20))]
            assert all(value.overlaps(values[2]) for value in values)


def test_where_a_gap_closes_nothing_is_said():
    """±1 and a semicircle of variance 1 at 0, where two edges meet: no disc around a far edge."""
    cusp = S.discrete({-1: "1/2", 1: "1/2"}) + S.semicircle(1)
    assert in_balls.solve(cusp.node, arb(0), arb(0)) is None


def test_roots_that_are_not_told_apart():
    """Of polynomials without common zeros they are two; with unknown relations they may be one."""
    roots = [arb(1, 1e-9), arb(1), arb(2)]
    assert len(in_balls_edges._sorted(roots, distinct=False)) == 2
    with pytest.raises(tc.CertificationError, match="apart"):
        in_balls_edges._sorted(roots, distinct=True)


@pytest.mark.parametrize("digits", [8, 20, 50])
def test_ends_of_laws_that_meet_are_proved(digits):
    """A product of projections in closed form; and what doubles find of a sum of three."""
    law = S.projection("1/2") * S.projection("1/3")
    for edge, sign in zip(law.edges(tc.Ball(digits)), (-1, 1), strict=True):
        assert_error_holds(edge, tc.certify(sp.S.Half + sign * sp.sqrt(2) / 3, 80))
        assert edge.rigor is tc.Rigor.CERTIFIED
    three = LAWS["meet"] + S.semicircle("1/9")
    for edge, double in zip(three.edges(tc.Ball(digits)), three.edges(), strict=True):
        assert edge.overlaps(double)


def test_a_point_that_is_no_end_is_not_proved(monkeypatch):
    """Both points beside it outside, or both inside."""
    law = S.projection("1/2") * S.projection("1/3")
    assert in_balls_meeting.edge(law.node, 0) is not None
    monkeypatch.setattr(in_balls_meeting, "proved_at", lambda *_: None)
    assert in_balls_meeting.edge(law.node, 0) is None
    signs = S.discrete({-1: "1/2", 1: "1/2"})
    assert in_balls_meeting.edge((signs + signs).node, 0) is None
