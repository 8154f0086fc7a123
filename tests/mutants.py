"""Wrong error bounds that the tests have to see: `make mutants`.

Every mutant is one edit of a bound, an error factor or the choice of a branch, and names the tests
of its room that must fail with it. They run on copies of the package, two at a time. The exit
status is the number of mutants that survive.
"""

import argparse
import os
import queue
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
_PARTS = ("theorycalc", "tests", "pyproject.toml")
_WORKERS = 2
_OPTIONS = ("-x", "-q", "-p", "no:cacheprovider", "--hypothesis-profile", "mutants")
# What pytest returns where tests failed; anything else is no verdict on the mutant.
_PASSED, _FAILED = 0, 1


class Mutant(NamedTuple):
    """One edit of the package, and the tests that have to fail with it."""

    file: str
    old: str
    new: str
    tests: str

    @property
    def source(self) -> str:
        """The file as it is."""
        return (ROOT / "theorycalc" / self.file).read_text(encoding="utf-8")

    @property
    def mutated(self) -> str:
        """The file with the edit.

        Raises
        ------
        ValueError
            If the old text is not found exactly once.
        """
        if (found := self.source.count(self.old)) != 1:
            raise ValueError(f"{self.file}: {self.old!r} occurs {found} times, not once")
        return self.source.replace(self.old, self.new)

    def __str__(self):
        return f"{self.file}: {self.old.strip()!r} → {self.new.strip()!r}"


_GERMS = "tests/bounds/test_open_ends.py::test_the_sum_of_germs_holds_the_values"
_RULES = " ".join(
    f"tests/bounds/test_rules.py::test_{n}_variable{s}" for n, s in (("one", ""), ("two", "s"))
)
_CONDITIONS = "tests/bounds/test_conditions.py::test_{}".format
_SEVERAL = "tests/bounds/test_contacts_in_several_variables.py::test_{}".format
_LOW = "tests/{}/test_low_targets.py::{}".format
_DOUBLES = "test_channels.py::test_{}".format
_ROOTS = "test_solving.py::test_{}".format
_OUTCOMES = "test_outcomes.py::test_{}".format
MUTANTS = (
    # core
    Mutant(
        "core/arithmetic/float.py",
        "fixed[i] = None",
        "continue",
        "tests/core/test_special.py::test_what_rounding_an_argument_does_is_in_the_error",
    ),
    Mutant(
        "core/arithmetic/enclosed_midpoint.py",
        "found.rel_accuracy_bits() >= context.goal + _ENOUGH_BITS",
        "found.is_finite()",
        "tests/spectra/test_laws.py::test_digits_next_to_an_edge_are_those_that_are_stated",
    ),
    Mutant(
        "core/arithmetic/taylor_ranges.py",
        "moved[k] + arb(0, rest)",
        "moved[k]",
        "tests/core/test_taylor_ranges.py::test_other_functions_hold_on_the_largest_balls",
    ),
    Mutant(
        "core/arithmetic/taylor_circles.py",
        "size**2 - c**2 / 2 if c < 2 * size",
        "c**2 / 2 if c < 2 * size",
        "tests/core/test_taylor_ranges.py::test_circles_bound_their_functions",
    ),
    Mutant(
        "core/arithmetic/taylor_circles.py",
        "(y**2 - x**2).exp() / (2",
        "(y**2 - x**2).exp() / (4",
        "tests/core/test_taylor_ranges.py::test_circles_bound_their_functions",
    ),
    Mutant(
        "core/arithmetic/ball_bessel.py",
        "(low / growth).union(high * growth)",
        "low.union(high)",
        "tests/core/test_scaled_functions.py::test_i_on_a_wide_ball_holds_its_values",
    ),
    Mutant(
        "core/arithmetic/ball_bessel.py",
        "value += arb(0,",
        "value += 0 * arb(0,",
        "tests/core/test_scaled_functions.py::test_k_holds_for_all_orders_of_a_ball",
    ),
    Mutant(
        "core/arithmetic/ball_error_functions.py",
        "acb(arb(0, change), arb(0, change))",
        "0",
        "tests/core/test_error_functions.py::test_complex_balls_hold_the_continuation",
    ),
    Mutant(
        "core/remainders.py",
        "if abs(measured).lower > stated.upper:",
        "if abs(measured).lower > stated.upper + 1:",
        "tests/core/test_at_infinity.py::test_no_such_mean",
    ),
    Mutant(
        "kernels/fixed_points/deep_limits.py",
        "line + b / a * sympy.log",
        "line + b / a / 2 * sympy.log",
        "tests/kernels/test_deep_limits.py::test_deeper_networks[relu]",
    ),
    Mutant(
        "kernels/fixed_points/deep_limits.py",
        "(sympy.exp(e) - 1))",
        "e / 8)",
        "tests/kernels/test_deep_limits.py::test_deeper_networks[square]",
    ),
    Mutant(
        "core/bernstein.py",
        "_N * order * before",
        "_N * before",
        "tests/core/test_at_infinity.py::test_means_over_binomial_laws",
    ),
    Mutant(
        "core/expansions.py",
        "error = 2 * sympy.Abs(_factored(coefficient))",
        "error = sympy.Abs(_factored(coefficient)) / 2",
        "tests/core/test_at_infinity.py::test_powers",
    ),
    Mutant(
        "core/simplification.py",
        "new is not None and new.overlaps(old)",
        "new is not None",
        "tests/core/test_simplify.py::test_a_wrong_form_is_not_taken",
    ),
    Mutant(
        "core/arithmetic/quadrants.py",
        "germ.power > least",
        "germ.power >= least",
        "tests/core/test_waves.py::test_quadrants",
    ),
    Mutant(
        "core/arithmetic/infinite_sum.py",
        "size * ratio / (1 - ratio) if",
        "size * ratio / 16 if",
        "tests/core/test_infinite_sums.py::test_powers_beside_powers",
    ),
    Mutant(
        "core/arithmetic/infinite_sum.py",
        "remainder = _WAVES *",
        "remainder = arb(2) ** -30 *",
        "tests/core/test_infinite_sums.py::test_remainders_of_low_orders",
    ),
    Mutant(
        "core/arithmetic/germs.py",
        "highest = highest.max(arb(logs) / arb(power))",
        "pass",
        "tests/core/test_singular_ends.py::test_ranges_of_germs",
    ),
    Mutant(
        "core/arithmetic/germs.py",
        "self.range_of(x.power - power, x.logs + less) for",
        "1 for",
        "tests/core/test_singular_ends.py::test_bounds_at_an_end_hold",
    ),
    Mutant(
        "core/arithmetic/germs.py",
        "+ arb(x.logs) * loglog",
        "+ arb(0)",
        "tests/core/test_singular_ends.py::test_bounds_at_an_end_hold",
    ),
    Mutant(
        "core/arithmetic/germs.py",
        "* _at_most(1 / self.least_log)",
        "* 0",
        "tests/core/test_singular_ends.py::test_bounds_at_an_end_hold",
    ),
    Mutant(
        "core/arithmetic/germs.py",
        "_at_most(arb(1)))\n\n    def apply",
        "arb(1))\n\n    def apply",
        "tests/core/test_singular_ends.py::test_bounds_at_an_end_hold",
    ),
    Mutant(
        "core/arithmetic/germs.py",
        '"sin": lambda c, u: c.apply("cos", u)',
        '"sin": lambda c, u: arb(1)',
        "tests/core/test_singular_ends.py::test_bounds_at_an_end_hold",
    ),
    Mutant(
        "core/arithmetic/germs.py",
        '"atan": lambda c, u: c.power(c.add(_ONE, c.power(u, fmpq(2))), fmpq(-1))',
        '"atan": lambda c, u: arb(1)',
        "tests/core/test_singular_ends.py::test_bounds_at_an_end_hold",
    ),
    Mutant(
        "core/arithmetic/germs.py",
        "gamma_upper(order + 1)",
        "gamma_upper(order)",
        "tests/core/test_singular_ends.py::test_bounds_at_an_end_hold",
    ),
    Mutant(
        "core/arithmetic/germs.py",
        "return _at_most((-rate * least_log).exp() / rate * least_log**order)",
        "return (-rate * least_log).exp() / rate * least_log**order",
        "tests/core/test_singular_ends.py::test_bounds_at_an_end_hold",
    ),
    Mutant(
        "core/arithmetic/germs.py",
        "< -1 or (f.power == -1 and f.logs >= -1)",
        "< -1",
        "tests/core/test_singular_ends.py::test_divergences_are_known_as_such",
    ),
    Mutant(
        "core/integration/certified_panels.py",
        "        error += bound",
        "        error += bound / 1024",
        _LOW("core", "test_rules_on_panels"),
    ),
    Mutant(
        "core/integration/certified_panels.py",
        "(-2 * (size - 1))",
        "(-4 * (size - 1))",
        _LOW("core", "test_rules_on_panels"),
    ),
    Mutant(
        "core/integration/certified_panels.py",
        "largest = largest.max(arb(value.abs_upper()))",
        "largest = arb(value.abs_upper())",
        _LOW("core", "test_the_bound_is_that_of_all_pieces"),
    ),
    Mutant(
        "core/integration/certified_panels.py",
        "arb(0), BallContext(analytic=True)",
        "arb(0), BallContext()",
        _LOW("core", "test_rules_on_panels_with_a_kink"),
    ),
    Mutant(
        "core/integration/certified_panels.py",
        "> _OUTWARDS:",
        "> 0.4:",
        _LOW("core", "test_the_bound_is_that_of_all_pieces"),
    ),
    Mutant(
        "core/arithmetic/box_context.py",
        "size = abs(error.low).max(abs(error.high))",
        "size = abs(error.low).max(abs(error.high)) / 2",
        "tests/core/test_ranges.py::test_all_values_are_inside",
    ),
    Mutant(
        "core/arithmetic/any_ball.py",
        "x.unique_fmpz() if x.is_exact() else None",
        "x.unique_fmpz()",
        "tests/core/test_real_numbers.py::test_almost_one_of_a_large_number",
    ),
    Mutant(
        "core/arithmetic/complex_ball_functions.py",
        '"log1p": _cut(acb.log1p, left=-1)',
        '"log1p": _entire(acb.log1p)',
        _LOW("core", "test_nothing_is_holomorphic_across_its_cut"),
    ),
    Mutant(
        "core/arithmetic/complex_ball_functions.py",
        "arb(0, (1 - (1 - radius).sqrt()).abs_upper())",
        "arb(0, ((1 + radius).sqrt() - 1).abs_upper())",
        _LOW("core", "test_roots_of_segments_use_up_their_bound"),
    ),
    Mutant(
        "core/arithmetic/ball_functions.py",
        "arb(0).union(arb(1)).union(at_zero)",
        "arb(0).union(arb(1))",
        "tests/core/test_real_numbers.py::test_the_value_of_a_step_at_zero_is_part_of_it",
    ),
    Mutant(
        "core/arithmetic/complex_ball_functions.py",
        "z.real_abs(analytic=True)",
        "z.real_abs(analytic=False)",
        _LOW("core", "test_nothing_is_holomorphic_across_its_cut"),
    ),
    Mutant(
        "core/arithmetic/ball_context.py",
        "possible.append(self._if_defined(branch))",
        "continue",
        _LOW("core", "test_every_branch_that_may_be_it_is_in_the_hull"),
    ),
    Mutant(
        "core/arithmetic/enclosures.py",
        "    if value.rad:",
        "    if value.rad > 1:",
        "tests/core/test_enclosures.py::test_the_image_is_enclosed",
    ),
    Mutant(
        "core/integration/integral.py",
        "total if error is None else context.widen(total, error)",
        "total",
        _LOW("core", "test_what_lies_beyond_a_cut_off"),
    ),
    Mutant(
        "core/integration/integral.py",
        "inside = [kink.run(context, args) for kink in kinks]",
        "inside = []",
        "tests/core/test_quadrature.py::test_integrals_with_known_values",
    ),
    Mutant(
        "core/integration/kinks.py",
        "(sympy.Max, sympy.Min)):\n        return [a - b",
        "sympy.Max):\n        return [a - b",
        "tests/core/test_kinks.py::test_kinks",
    ),
    Mutant(
        "core/arithmetic/continuity.py",
        '"floor", "ceiling"}',
        '"ceiling"}',
        "tests/core/test_roots.py::test_jumps_and_poles_are_no_roots",
    ),
    Mutant(
        "core/arithmetic/continuity.py",
        "return super().atan2(y, x) if off_cut or fixed else NAN",
        "return super().atan2(y, x)",
        "tests/core/test_roots.py::test_jumps_and_poles_are_no_roots",
    ),
    Mutant(
        "core/roots.py",
        "rad=binary_mpf((b - a) / 2),\n        rigor",
        "rad=binary_mpf((b - a) / 2048),\n        rigor",
        "tests/core/test_roots.py::test_roots",
    ),
    Mutant(
        "core/roots.py",
        " or (rising and signs[0] > 0)",
        "",
        "tests/core/test_roots.py::test_what_is_no_minimum_is_refused",
    ),
    Mutant(
        "core/arithmetic/mp.py",
        "finer_bits = bits + bits // 2 + GUARD_BITS",
        "finer_bits = bits",
        _LOW("core", "test_two_precisions_of_mp_differ"),
    ),
    Mutant(
        "core/arithmetic/mp.py",
        ", fine.doubt * size)",
        ")",
        _LOW("core", "test_the_doubt_of_a_quadrature_is_part_of_the_error"),
    ),
    Mutant(
        "core/arithmetic/mp.py",
        "not 8 * distance(x, y) < abs(y)]",
        "False]",
        "tests/core/test_mp.py::test_a_jump_at_a_tie_is_refused",
    ),
    Mutant(
        "core/arithmetic/mp_exact.py",
        "if not self.value and self.context.isfinite(other):",
        "if not self.value:",
        "tests/core/test_mp.py::test_zero_times_a_finite_number_is_zero",
    ),
    Mutant(
        "core/arithmetic/mp_integral.py",
        "if not error > mp.sqrt(mp.eps) * abs(value) or",
        "if error >= 0 or",
        "tests/core/test_mp_integrals.py::test_a_panel_that_is_long_for_the_poles_beside_it_is_halved",
    ),
    Mutant(
        "core/arithmetic/mp_context.py",
        "return self.mp.nan  # nothing was enclosed",
        "return self.mp.zero",
        "tests/core/test_mp.py::test_what_no_algorithm_encloses_has_no_value",
    ),
    Mutant(
        "core/arithmetic/mp_series.py",
        "if size < small - mp.prec and rest.converges(k + 1):",
        "if size < small - mp.prec:",
        "tests/core/test_mp.py::test_series_whose_terms_become_small_before_they_become_large",
    ),
    Mutant(
        "core/arithmetic/float.py",
        "rad = distance(mid, double, rad)",
        "rad = rad",
        _LOW("core", "test_rounding_to_a_double_is_charged"),
    ),
    Mutant(
        "core/arithmetic/float.py",
        "            error += max(changes, default=math.inf)",
        "            error += min(changes, default=math.inf) / 1024",
        _LOW("core", "test_errors_of_arguments_of_a_double_routine"),
    ),
    Mutant(
        "core/arithmetic/node_integral.py",
        " + abs(value - other)",
        "",
        _LOW("core", "test_a_mass_that_one_rule_misses"),
    ),
    Mutant(
        "core/arithmetic/node_integral.py",
        " + _size(lambda x: at(x)[1], whole)",
        "",
        _LOW("core", "test_errors_of_values_are_integrated"),
    ),
    *(
        Mutant("core/arithmetic/enclosed_integral.py", *edit)
        for edit in (
            (
                "(abs(pace) + abs(pace - earlier) * length / 2) * length",
                "arb(0)",
                "tests/core/test_float_integrals.py::test_what_lies_beyond_a_reach",
            ),
            (
                "abs(sizes[0] / (rate - drift) - rest)",
                "abs(sizes[0] / (rate - drift) - rest) / 1024",
                "tests/core/test_float_integrals.py::test_what_lies_beyond_a_reach",
            ),
            (
                "not drift < rate",
                "False",
                "tests/core/test_float_integrals.py::test_a_tail_without_a_rate_has_no_remainder",
            ),
        )
    ),
    Mutant(
        "core/binary.py",
        'mpf(libmp.mpf_pos(length, 53, "u"))',
        'mpf(libmp.mpf_pos(length, 53, "d"))',
        "tests/core/test_value.py::test_distances_are_rounded_up",
    ),
    Mutant(
        "core/decimals.py",
        "return max(0, digits - is_more)",
        "return max(0, digits)",
        "tests/core/test_values_as_numbers.py::"
        "test_no_digit_is_shown_that_the_error_does_not_vouch_for",
    ),
    Mutant(
        "core/arithmetic/special_arrays.py",
        "np.where(good, 4 * FUNCTION * size * whole, np.inf)",
        "4 * FUNCTION * size * whole",
        "tests/core/test_array_forms.py::test_errors_of_routines_hold",
    ),
    Mutant(
        "core/arithmetic/special_arrays.py",
        "ended * np.abs(values)",
        "0 * np.abs(values)",
        "tests/core/test_array_forms.py::test_errors_of_routines_hold",
    ),
    # hermite
    Mutant(
        "hermite/enclosure.py",
        "error = error + slack",
        "error = error + 0 * slack",
        _LOW("hermite", "test_rules_alone"),
    ),
    Mutant(
        "hermite/enclosure.py",
        "return 2 * constant",
        "return constant / 512",
        _LOW("hermite", "test_coefficients"),
    ),
    Mutant(
        "core/integration/hermite_functions.py",
        "slack = math.ceil(2 + 2",
        "slack = math.ceil(2 + 0",
        "tests/kernels/test_hermite_tables.py::test_the_recurrence_in_integers_errs_by_what_it_says",
    ),
    Mutant(
        "core/integration/hermite_functions.py",
        "abs(factor - arb",
        "0 * abs(factor - arb",
        "tests/kernels/test_hermite_tables.py::test_what_is_not_known_of_a_function_is_in_the_error",
    ),
    Mutant(
        "hermite/growth.py",
        "self.constant + other.constant,",
        "self.constant,",
        "tests/hermite/test_terms.py::test_growth_bounds_hold",
    ),
    # sphere
    Mutant(
        "sphere/in_angle.py",
        "float(size + order * height)",
        "float(size)",
        _LOW("sphere", "test_eigenvalues_by_quadrature"),
    ),
    Mutant(
        "sphere/in_angle.py",
        "sum(doubts, slack)",
        "sum(doubts, 0 * slack)",
        _LOW("sphere", "test_eigenvalues_by_quadrature"),
    ),
    Mutant(
        "sphere/taylor.py",
        "context.widen(half, rest - half)",
        "context.widen(half, half / 2)",
        _LOW("sphere", "test_eigenvalues_by_taylor_series"),
    ),
    Mutant(
        "core/arithmetic/polynomials.py",
        "_ROUNDINGS = 8.0",
        "_ROUNDINGS = 8 / 1024",
        "tests/sphere/test_legendre.py::test_the_error_of_doubles_holds",
    ),
    Mutant(
        "sphere/in_doubles.py",
        "np.abs(fine - coarse) + rounding",
        "np.abs(fine - coarse) + rounding / 1024",
        "tests/sphere/test_funk_hecke.py::test_errors_of_rounded_kernels",
    ),
    # information
    Mutant(
        "information/binary_loops.py",
        "errors[i] = (ROUNDINGS + 4.0) * _UNIT",
        "errors[i] = _UNIT",
        "tests/information/test_binary.py::test_divergences_of_arrays_hold_where_a_share_is_small",
    ),
    Mutant(
        "information/binomial_functions.py",
        "return is_small, context.widen(total, rest) *",
        "return is_small, context.widen(total, rest / 64) *",
        "tests/information/test_binomial.py::test_what_is_left_out_of_a_sum_is_in_the_error",
    ),
    Mutant(
        "information/channels.py",
        "context.hull(value - below, value)",
        "context.hull(value, value)",
        "tests/information/test_channels.py::test_a_poor_place_is_still_enclosed",
    ),
    Mutant(
        "information/binary.py",
        "(q, c), signs)",
        "(context.midpoint(q), context.midpoint(c)), signs)",
        "tests/information/test_binary.py::test_enclosures_over_boxes",
    ),
    # functions of kernel matrices
    Mutant(
        "core/arithmetic/symmetric_matrices.py",
        "change + self.tilt * (2 + self.tilt) * largest",
        "change",
        "tests/core/test_symmetric_matrices.py::test_what_eigenvectors_miss_is_bounded",
    ),
    Mutant(
        "core/arithmetic/symmetric_matrices.py",
        "off = rest + tilt",
        "off = rest / 2 + tilt",
        "tests/core/test_symmetric_matrices.py::test_radii_move_eigenvalues",
    ),
    Mutant(
        "kernels/posterior_in_balls.py",
        "error * length**2 for",
        "0 * error for",
        "tests/kernels/test_posterior_in_balls.py::test_a_radius_moves_the_posterior",
    ),
    Mutant(
        "kernels/_in_many_digits.py",
        "[length * error for length in norms(cross)]",
        "[error for _ in norms(cross)]",
        "tests/kernels/test_flow_in_balls.py::test_the_radius_of_an_entry_off_the_diagonal",
    ),
    Mutant(
        "kernels/flow_in_balls.py",
        "bounds.append(1 / least**2)",
        "bounds.append(1 / (2 * least**2))",
        "tests/kernels/test_flow_in_balls.py::test_a_radius_moves_the_prediction",
    ),
    Mutant(
        "kernels/flow_in_balls.py",
        "t**2 / 2 *",
        "t**2 / 4 *",
        "tests/kernels/test_flow_in_balls.py::test_a_radius_moves_the_prediction",
    ),
    Mutant(
        "kernels/flow_in_balls.py",
        "bounds.append(1 / (1 - kept) ** 2)",
        "bounds.append(1 / (2 * (1 - kept) ** 2))",
        "tests/kernels/test_flow_in_balls.py::test_a_radius_moves_the_prediction",
    ),
    Mutant(
        "kernels/flow_in_balls.py",
        "* steps * (steps - 1) / 2",
        "* steps * (steps - 1) / 4",
        "tests/kernels/test_flow_in_balls.py::test_a_radius_moves_the_prediction",
    ),
    # networks
    Mutant(
        "networks/slope_bounds.py",
        "1 / (4 * (1 - q / 2))",
        "1 / (4 * (1 - q / 4))",
        "tests/networks/test_lipschitz.py::test_one_neuron_is_bounded_without_loss",
    ),
    Mutant(
        "networks/interval_jacobians.py",
        "return min(products), max(products)",
        "return products[0], products[-1]",
        "tests/networks/test_lipschitz.py::test_no_gradient_exceeds_the_intervals",
    ),
    Mutant(
        "networks/arrangements.py",
        "steps = max(steps, 2 * slope",
        "steps = max(steps, slope // 64",
        "tests/networks/test_lipschitz.py::test_cells_beside_linear_programs",
    ),
    Mutant(
        "networks/network.py",
        "self.h[:, 0], self.w * self.delta[:, 0]",
        "self.h[:, 0], self.delta[:, 0]",
        "tests/networks/test_by_hand.py::test_one_pass",
    ),
    # optimal
    Mutant(
        "optimal/certificate.py",
        "ends.append(centre + steepest * _NUMBERS.number(width))",
        "ends.append(centre)",
        "tests/optimal/test_polynomials.py::test_wide_windows_are_bounded",
    ),
    Mutant(
        "optimal/certificate.py",
        "return min(Rational(exactly(abs(v).lower()))",
        "return max(Rational(exactly(abs(v).lower()))",
        "tests/optimal/test_polynomials.py::test_any_polynomial_gives_bounds",
    ),
    # quantization
    # learning_curves
    Mutant(
        "learning_curves/kernel_regression.py",
        "error = None if self.spectrum.tail == 0 else expr * felt * self._omitted",
        "error = None",
        "tests/learning_curves/test_kernel.py::test_what_is_left_out_is_in_the_error",
    ),
    Mutant(
        "learning_curves/features_in_doubles.py",
        "error = (abs(value - ridge) + 8 * _EPS * (size + ridge)) / slope + 2 * _EPS * root",
        "error = 0 * root",
        "tests/learning_curves/test_features_and_flow.py::test_doubles_lie_within_their_errors",
    ),
    Mutant(
        "learning_curves/samples_in_doubles.py",
        "doubt = steepest * moved + 2 * factor * scale + omitted + rounding",
        "doubt = 0 * steepest",
        "tests/learning_curves/test_kernel.py::test_doubles_and_formulas_agree",
    ),
    Mutant(
        "learning_curves/in_doubles.py",
        "error = left / slope + 2 * (_EPS * abs(kappa) + _TINY)",
        "error = 0 * left",
        "tests/learning_curves/test_ridge.py::test_doubles_lie_within_their_errors",
    ),
    # spectra
    Mutant(
        "spectra/quadrature.py",
        "float(size[0] / exponent)",
        "float(size[0])",
        "tests/spectra/test_integrals.py::test_what_is_left_out_next_to_zero_is_in_the_error",
    ),
    Mutant(
        "spectra/in_balls_means.py",
        "near = inner if is_inside else outer",
        "near = outer",
        "tests/spectra/test_integrals.py::test_atoms_next_to_a_contour_bound_the_transform",
    ),
    Mutant(
        "spectra/in_balls_edges.py",
        "if distinct:",
        "if not distinct:",
        "tests/spectra/test_proofs.py::test_roots_that_are_not_told_apart",
    ),
    Mutant(
        "spectra/in_balls_meeting.py",
        "return arb(outside).union(inside)",
        "return arb(outside)",
        "tests/spectra/test_proofs.py::test_ends_of_laws_that_meet_are_proved",
    ),
    Mutant(
        "learning_curves/in_doubles.py",
        "left / (1 - gamma * (share - rate)) + 2 * (_EPS * abs(kappa) + _TINY)",
        "left / 1e6",
        "tests/learning_curves/test_laws_and_peaks.py::test_doubles_along_a_law_lie_within_their_errors",
    ),
    Mutant(
        "spectra/in_doubles_edges.py",
        "+ [float(t) for t in node.masses()])] = False",
        ")] = False",
        "tests/spectra/test_integrals.py::test_an_atom_in_a_gap_has_no_edges",
    ),
    Mutant(
        "spectra/_law.py",
        "self._order(u, upper) <= 0",
        "self._order(u, upper) < 0",
        "tests/spectra/test_laws.py::test_levels_that_are_reached_at_an_end",
    ),
    Mutant(
        "spectra/in_balls_means.py",
        "error = 2 * largest / ((arb(width) * count).exp() - 1)",
        "error = 2 * largest / ((4 * arb(width) * count).exp() - 1)",
        "tests/spectra/test_integrals.py::test_contours_hold_where_their_bounds_bind",
    ),
    Mutant(
        "spectra/in_balls_means.py",
        "found = total / count + arb(0, error.upper())",
        "found = total / count",
        "tests/spectra/test_integrals.py::test_contours_hold_where_their_bounds_bind",
    ),
    Mutant(
        "spectra/in_balls.py",
        "radius = (3 * away / bend).sqrt().upper()",
        "radius = (away / bend / 3).sqrt().upper()",
        "tests/spectra/test_proofs.py::test_a_disc_is_what_no_solution_leaves",
    ),
    Mutant(
        "spectra/in_balls.py",
        "return [disc] if least * radius * radius / 2 > away else None",
        "return [acb(s)]",
        "tests/spectra/test_proofs.py::test_a_disc_is_what_no_solution_leaves",
    ),
    Mutant(
        "spectra/in_balls.py",
        "image = rest * acb_mat([[d] for d in spread]) - steps",
        "image = rest * acb_mat([[d] for d in spread])",
        "tests/spectra/test_proofs.py::test_boxes_hold_the_solution",
    ),
    Mutant(
        "spectra/in_balls.py",
        "return all(orientation * z.imag > 0 for z, orientation in point.levels())",
        "return True",
        "tests/spectra/test_proofs.py::test_other_solutions_are_refused",
    ),
    Mutant(
        "spectra/in_balls_spikes.py",
        "ball = acb(s + arb(0, 2 * away / slope))",
        "ball = acb(s)",
        "tests/spectra/test_spikes.py::test_a_spike_that_is_not_told_from_the_threshold_is_enclosed",
    ),
    Mutant(
        "quantization/sphere/in_balls_survival.py",
        "context.widen(total, 2**k * rest)",
        "total",
        _LOW("quantization", "test_deficits"),
    ),
    Mutant(
        "quantization/sphere/in_balls_survival.py",
        "rest = theta - centre",
        "rest = (theta - centre) / 1024",
        _LOW("quantization", "test_probabilities_on_wide_balls"),
    ),
    Mutant(
        "quantization/extremes/normal_enclosures.py",
        "start * rest + beyond",
        "beyond",
        _LOW("quantization", "test_moments_of_the_normal_maximum"),
    ),
    Mutant(
        "quantization/extremes/normal_enclosures.py",
        "return p - density * rest",
        "return p",
        _LOW("quantization", "test_probabilities_on_wide_balls"),
    ),
    Mutant(
        "quantization/sphere/in_balls_angle.py",
        "self.near * context.hull(lowest",
        "0 * context.hull(lowest",
        _LOW("quantization", "test_rules_over_the_angle"),
    ),
    Mutant(
        "quantization/sphere/in_balls.py",
        "return mass * context",
        "return 0 * mass * context",
        _LOW("quantization", "test_distortions"),
    ),
    # relu
    Mutant(
        "relu/means/bias_integral.py",
        "return context.widen(total, error)",
        "return context.widen(total, error / 1024)",
        _LOW("relu", "test_bias_constants"),
    ),
    Mutant(
        "relu/means/modulus_radial.py",
        "error + below)",
        "error)",
        _LOW("relu", "test_radial_means"),
    ),
    Mutant(
        "core/integration/certified_panels.py",
        "total += arb(0, error.abs_upper())",
        "total += arb(0, error.abs_upper() / 1024)",
        _LOW("core", "test_rules_on_panels"),
    ),
    Mutant(
        "relu/means/modulus_doubles.py",
        "error * fine + rounding",
        "error * fine + rounding / 1024",
        "tests/relu/test_norms.py::test_roundings_along_rays",
    ),
    # kernels
    Mutant(
        "kernels/duals/pair.py",
        "return context.widen(total, error)",
        "return context.widen(total, error / 1024)",
        _LOW("kernels", "test_the_rest_of_a_short_series"),
    ),
    Mutant(
        "kernels/duals/strip_differences.py",
        "return ratio * mean /",
        "return ratio * mean / 4096 /",
        "tests/kernels/test_analytic_pairs.py::test_means_of_polynomials_through_values",
    ),
    Mutant(
        "kernels/duals/strip_terms.py",
        "tau = 2 * context",
        "tau = context",
        "tests/kernels/test_analytic_pairs.py::test_aliases_of_a_wave",
    ),
    *(
        Mutant(
            "kernels/duals/strip_pairs.py", *edit, f"tests/kernels/test_analytic_pairs.py::{test}"
        )
        for *edit, test in (
            ("return 16 * b_f", "return b_f / 1024", "test_cut_offs_of_lattices"),
            ("* beyond * 2 *", "* beyond * 0 *", "test_cut_offs_of_lattices"),
            ("size * interpolated", "0 * interpolated", "test_few_nodes_across"),
        )
    ),
    *(
        Mutant(
            "kernels/duals/strip_smoothing.py",
            *edit,
            f"tests/kernels/test_smoothed_functions.py::{test}",
        )
        for *edit, test in (
            ("strip * (tau +", "strip * (tau / 4 +", "test_aliases_of_a_wave"),
            ("2 * bound * moved", "bound * moved / 1024", "test_what_is_cut_off"),
            ("return 2 * bound", "return bound / 4", "test_bounds"),
            ("rate * reach + (r", "rate * reach + 0 * (r", "test_bounds"),
        )
    ),
    *(
        Mutant(
            "kernels/duals/hermite_tables.py",
            *edit,
            f"tests/kernels/test_hermite_tables.py::{test}",
        )
        for *edit, test in (
            ("power * rest, size", "power * rest / 1024, size", "test_rests_of_series"),
            ("c, strip * alias + tail", "c, tail", "test_coarse_lattices"),
            ('"erfc", left / 2', '"erfc", left', "test_what_is_cut_off"),
            ('"erfc", left / root', '"erfc", left', "test_what_is_cut_off"),
        )
    ),
    *(
        Mutant(
            "core/arithmetic/owen.py",
            *edit,
            "tests/core/test_owen.py::test_one_ball_moves_the_value_by_its_slope",
        )
        for edit in (
            ("change + rho.rad()", "change + 0 * rho.rad()"),
            ("_change(h, k, rho).abs_upper()", "_change(h, k, rho).abs_upper() / 1024"),
        )
    ),
    Mutant(
        "core/arithmetic/fixed_point.py",
        "off = off.abs_upper()",
        "off = off.abs_upper() / 1024",
        "tests/kernels/test_analytic_pairs.py::test_convolutions_in_integers",
    ),
    Mutant(
        "kernels/duals/series_tables.py",
        "doubt = 2 * errors *",
        "doubt = errors / 512 *",
        "tests/kernels/test_error_statements.py::test_rests_of_series",
    ),
    Mutant(
        "kernels/fixed_points/depth_scales.py",
        "value.rad + 2 * error",
        "value.rad",
        _LOW("kernels", "test_errors_of_roots_are_carried_on"),
    ),
    Mutant(
        "kernels/fixed_points/half_lines.py",
        "(math.floor, math.ceil), strict",
        "(math.ceil, math.floor), strict",
        _LOW("kernels", "test_ranges_on_half_lines"),
    ),
    Mutant(
        "kernels/duals/plane_rule.py",
        "abs(fine - coarse) + rounding + cut + _TINY",
        "(abs(fine - coarse) + cut) / 1024",
        "tests/kernels/test_duals.py::test_the_error_in_the_plane_holds",
    ),
    # distributions
    Mutant(
        "distributions/pearson.py",
        "return total + power * remainder",
        "return total",
        "tests/distributions/test_tails.py::test_enclosures_of_wide_balls",
    ),
    Mutant(
        "distributions/pearson.py",
        "remainder = k + 1, density / (k + 1)",
        "remainder = k + 1, density / (k + 1) / 1024",
        "tests/distributions/test_tails.py::test_enclosures_of_wide_balls",
    ),
    Mutant(
        "distributions/tails.py",
        "sympy.ff(nu, k + 1)",
        "sympy.ff(nu, k)",
        "tests/distributions/test_tails.py::test_student_against_quadrature",
    ),
    Mutant(
        "distributions/tail_doubles.py",
        "moved / np.abs(below) + rounding",
        "rounding",
        "tests/distributions/test_tails.py::test_errors_of_doubles_hold",
    ),
    Mutant(
        "distributions/tail_doubles.py",
        "doubts + doubt * ratio / (s + ratio)",
        "(doubts + doubt * ratio / (s + ratio)) / 1024",
        "tests/distributions/test_tails.py::test_roundings_of_many_steps",
    ),
    Mutant(
        "distributions/tail_doubles.py",
        "FUNCTION + _EPS * (2 * np.abs(power) + size * (k + 2))",
        "FUNCTION / 64",
        "tests/inference/test_channels.py::test_errors_of_tilted_tails_hold",
    ),
    Mutant(
        "distributions/tail_doubles.py",
        "_EPS * (y * y + size * (k + 2))",
        "0",
        "tests/inference/test_channels.py::test_errors_of_tilted_tails_hold",
    ),
    # inference
    *(
        Mutant("inference/solving/" + file, *edit, f"tests/inference/{test}")
        for file, *edit, test in (
            (
                "line_in_doubles.py",
                "rounding + inside + _TINY",
                "rounding + _TINY",
                _ROOTS("errors_of_a_loss_of_digits"),
            ),
            (
                "line_in_doubles.py",
                "rounding + inside + _TINY",
                "rounding + inside",
                _DOUBLES("what_underflows_is_not_nothing"),
            ),
            (
                "line_in_doubles.py",
                "gap, rounding = abs(fine - coarse), _EPS",
                "gap, rounding = abs(fine - coarse), _EPS / 1024",
                _ROOTS("errors_of_many_integrals"),
            ),
            (
                "crossing_in_doubles.py",
                "doubt = abs(at(x)) + error(body, x, *parameters)",
                "doubt = abs(at(x))",
                _ROOTS("errors_of_a_loss_of_digits"),
            ),
            (
                "crossing_in_doubles.py",
                "return value, missed + error(body, x, *parameters)",
                "return value, missed",
                _ROOTS("errors_of_a_loss_of_digits"),
            ),
            (
                "crossing.py",
                'context.compare("<", below, zero) and context.compare(">", above, zero)',
                'context.compare("<", below, zero) or context.compare(">", above, zero)',
                _ROOTS("signs_on_both_sides_of_a_root_are_proved"),
            ),
            (
                "crossing.py",
                'if all(context.compare("<", side',
                'if any(context.compare("<", side',
                _ROOTS("extrema_are_proved_on_both_sides"),
            ),
            (
                "strips.py",
                "x = 2 * np.pi",
                "x = 4 * np.pi",
                _OUTCOMES("what_a_rule_over_overlaps_misses"),
            ),
            (
                "outcomes_in_balls.py",
                "(arb(squares) / 2).sqrt().erfc()",
                "arb(squares).sqrt().erfc()",
                _OUTCOMES("what_is_beyond_the_last_overlaps"),
            ),
            (
                "outcomes_in_balls.py",
                "x + doubt for x, doubt",
                "x + doubt / 2**20 for x, doubt",
                _OUTCOMES("evidence_beyond_what_is_summed"),
            ),
            (
                "outcomes_in_balls.py",
                "most * spread(-most.log()) / v / 2 if",
                "most * spread(-most.log()) / v / 3 if",
                _OUTCOMES("terms_of_evidence_that_is_not_known"),
            ),
            (
                "fixed_point_in_doubles.py",
                "+ np.array(doubts) +",
                "+",
                _ROOTS("errors_of_a_loss_of_digits"),
            ),
            (
                "fixed_point_in_doubles.py",
                "return abs(inverse) @ left",
                "return left",
                _ROOTS("fixed_points_near_a_turn"),
            ),
            (
                "denoising_in_doubles.py",
                "noise * (gap + 16 * _EPS)",
                "noise * gap / 1024",
                "test_quadratic.py::test_errors_hold",
            ),
            (
                "broken_in_doubles.py",
                "abs(value - before) + missed + 64",
                "64",
                _ROOTS("the_error_of_a_place_that_is_off"),
            ),
        )
    ),
    Mutant(
        "inference/messages_in_doubles.py",
        "omega = _each(features, x) - seen * g",
        "omega = _each(features, x)",
        "tests/inference/test_messages.py::test_messages_come_to_the_fixed_point",
    ),
    Mutant(
        "inference/messages_in_doubles.py",
        "snr = -n / d * slopes",
        "snr = -0.8 * n / d * slopes",
        "tests/inference/test_messages.py::test_messages_come_to_the_fixed_point",
    ),
    Mutant(
        "inference/draws_in_doubles.py",
        "return values, slope * step",
        "return values, slope * step / 1024",
        "tests/inference/test_messages.py::test_densities_are_inverted",
    ),
    Mutant(
        "inference/named_outputs.py",
        "bound = exp(-_X) + 3 * (exp(_X) + 1) * exp(-exp(_X))",
        "bound = exp(-2 * exp(_X))",
        "tests/inference/test_channels.py::test_bounds_of_tails",
    ),
    Mutant(
        "core/arithmetic/float.py",
        "min(mid - slack, math.nextafter(mid, -math.inf)),\n"
        "                max(mid + slack, math.nextafter(mid, math.inf)),",
        "mid - slack,\n                mid + slack,",
        "tests/inference/test_channels.py::test_arguments_that_are_rounded",
    ),
    # validation
    Mutant(
        "validation/scaling_laws.py",
        "constant_error=constant * float(",
        "constant_error=constant / 2 * float(",
        "tests/validation/test_statistics.py::test_limits_of_fits_have_the_error_of_their_spread",
    ),
    Mutant(
        "validation/statistics.py",
        " / comparisons)",
        ")",
        "tests/validation/test_statistics.py::test_thresholds_of_tables",
    ),
    Mutant(
        "validation/samples.py",
        "    refuse_equal(array)\n    return array",
        "    return array",
        "tests/validation/test_statistics.py::test_replicas_without_spread_say_nothing",
    ),
    Mutant(
        "validation/samples.py",
        "<= _ROUNDING * size",
        "< 0 * size",
        "tests/validation/test_statistics.py::test_replicas_without_spread_say_nothing",
    ),
    Mutant(
        "validation/samples.py",
        "/ np.sqrt(samples.size)",
        "/ samples.size",
        "tests/validation/test_statistics.py::test_measurements",
    ),
    Mutant(
        "validation/compared.py",
        "return error / matters",
        "return error / matters / 16",
        "tests/validation/test_power.py::test_a_single_mean_keeps_its_word",
    ),
    Mutant(
        "validation/heavy_tails.py",
        "special.gammaincinv(used, probability)) / used",
        "special.gammaincinv(4 * used, probability)) / (4 * used)",
        "tests/validation/test_tails.py::test_the_interval_of_the_index_has_its_level",
    ),
    Mutant(
        "validation/heavy_tails.py",
        "if more > level:",
        "if more > 8 * level:",
        "tests/validation/test_tails.py::test_what_t_gets_wrong_is_in_doubt",
    ),
    Mutant(
        "validation/measurement.py",
        "bias, doubt = abs((count - 1) * lost.mean())",
        "bias, doubt = abs(lost.mean())",
        "tests/validation/test_common_numbers.py::test_the_jackknife_against_leaving_out",
    ),
    Mutant(
        "validation/measurement.py",
        "(1 / count + control.mean() ** 2 / (x @ x))",
        "(1 / count / 4)",
        "tests/validation/test_common_numbers.py::test_a_control_removes_what_it_saw",
    ),
    Mutant(
        "validation/measurement.py",
        "(-1 if nested else 1) / reference",
        "1 / reference",
        "tests/validation/test_common_numbers.py::test_references_of_finite_width",
    ),
    Mutant(
        "validation/scaling_laws.py",
        "_summed(row - slopes[0], shares, counts)",
        "_summed(slopes[0], shares, counts)",
        "tests/validation/test_statistics.py::test_the_window_of_a_pure_law_does_not_matter",
    ),
    Mutant(
        "validation/scaling_laws.py",
        "stats.t.isf(level / 2, freedom)",
        "stats.norm.isf(level / 2)",
        "tests/validation/test_statistics.py::test_a_power_law_and_its_drift",
    ),
    Mutant(
        "validation/scaling_laws.py",
        "_slopes(sizes, counts)",
        "_slopes(sizes, (means / errors) ** 2)",
        "tests/validation/test_statistics.py::test_the_interval_of_an_exponent_has_its_level",
    ),
    Mutant(
        "validation/compared.py",
        "if not measurement.squares or error == 0:",
        "if True:",
        "tests/validation/test_statistics.py::test_the_variance_of_few_replicas_keeps_its_level",
    ),
    Mutant(
        "validation/comparison.py",
        "room = 1 - error / enough",
        "room = 1 - error / enough / 2",
        "tests/validation/test_power.py::test_the_width_that_would_decide",
    ),
    # sweeps
    Mutant(
        "core/binary.py",
        "near if near >= x else math.nextafter(near, math.inf)",
        "near",
        "tests/sweeps/test_sweep.py::test_radii_below_doubles",
    ),
    Mutant(
        "core/binary.py",
        "_upwards(distance(exact_mpf(mid), value.mid, value.rad))",
        "_upwards(value.rad)",
        "tests/sweeps/test_sweep.py::test_a_formula_is_its_cells",
    ),
    Mutant(
        "sweeps/quantities.py",
        '"rad": rad,',
        '"rad": rad / 16,',
        "tests/sweeps/test_sweep.py::test_a_formula_is_its_cells",
    ),
    # approximations
    Mutant(
        "core/algebra.py",
        "return body + error * Value(",
        "return body + 0 * error * Value(",
        "tests/core/test_expansions.py::test_what_is_made_of_approximations",
    ),
    # bounds
    Mutant(
        "bounds/rules.py",
        "        fmpq(0) if low == high else interval(low - x, high - x)",
        "        fmpq(0) if low == high else interval(x - high, x - x)",
        _RULES,
    ),
    Mutant(
        "bounds/rules.py",
        "    half = fmpq(1, 2)",
        "    half = fmpq(1, 4)",
        _RULES,
    ),
    Mutant(
        "bounds/rules.py",
        "            ends.append((low, low))\n        elif",
        "            ends.append((high, high))\n        elif",
        _RULES,
    ),
    Mutant(
        "bounds/rules.py",
        "    last = f.taylor(low, high, length)[-1]",
        "    last = f.taylor(middle, middle, length)[-1]",
        _RULES,
    ),
    Mutant(
        "bounds/rules.py",
        "        _CONTEXT.add(g, _sum_of_products(row, offsets))",
        "        as_box(g)",
        _RULES,
    ),
    Mutant(
        "core/arithmetic/box_context.py",
        "_ZERO if high.is_nan() else high",
        "high",
        "tests/core/test_box_context.py::test_products_go_by_the_signs",
    ),
    Mutant(
        "core/arithmetic/box_context.py",
        "(a * d).min(b * c).lower()",
        "(a * d).lower()",
        "tests/core/test_box_context.py::test_products_go_by_the_signs",
    ),
    Mutant(
        "core/arithmetic/box_context.py",
        "        if any(is_undefined(as_box(x)) for x in args):",
        "        if False:",
        "tests/core/test_box_context.py::test_of_what_is_undefined_nothing_is_known",
    ),
    Mutant(
        "bounds/reductions.py",
        "    if jumps:\n        at =",
        "    if False:\n        at =",
        "tests/bounds/test_never_wrong.py::test_false",
    ),
    Mutant(
        "bounds/rewrites.py",
        "[_without_roots(goal.big)]",
        "[]",
        "tests/bounds/test_never_wrong.py::test_squares_need_a_side_that_is_not_negative",
    ),
    Mutant(
        "bounds/claimed.py",
        "for side in r.args for g in definedness(side, variables))",
        "for side in r.args[:0] for g in definedness(side, variables))",
        "tests/bounds/test_never_wrong.py::test_not_real",
    ),
    Mutant(
        "bounds/germ_sums.py",
        "last: ball(found[last]) + rest}",
        "last: ball(found[last])}",
        _GERMS,
    ),
    Mutant(
        "bounds/germ_sums.py",
        "self.scaled(power, rest(self.count)))",
        "{})",
        _GERMS,
    ),
    Mutant(
        "bounds/near_ends.py",
        "_PART * (place**share * (-rate * place).exp())",
        "_PART * (-rate * place).exp() / 10**12",
        _GERMS,
    ),
    Mutant(
        "bounds/near_ends.py",
        "{LOG: arb(m) * arb(0).union(most)}",
        "{}",
        _GERMS,
    ),
    Mutant(
        "core/at_zero.py",
        "theta * sympy.Rational(16, 7)",
        "theta * sympy.Rational(1, 7)",
        "tests/core/test_at_zero.py::test_the_function_is_between_the_ends_of_the_parts",
    ),
    Mutant(
        "core/at_zero.py",
        "theta * sympy.Rational(4, 3)",
        "theta",
        "tests/core/test_at_zero.py::test_the_function_is_between_the_ends_of_the_parts",
    ),
    Mutant(
        "bounds/manifolds.py",
        "        joint[i] = min(low, first), max(high, last)",
        "        joint[i] = low, high",
        _SEVERAL("the_way_from_a_surface_to_a_cell_counts"),
    ),
    Mutant(
        "bounds/manifolds.py",
        "away = rise > 0 and _is_left_out(",
        "away = rise > 0 or _is_left_out(",
        _SEVERAL("strict_where_the_place_is_left_out"),
    ),
    Mutant(
        "bounds/orthants.py",
        "for order in permutations(range(count))]",
        "for order in [tuple(range(count))]]",
        _SEVERAL("every_order_counts"),
    ),
    Mutant(
        "bounds/orthants.py",
        "    if v.low >= 0:\n        return (1,)",
        "    if v.high >= 0:\n        return (1,)",
        _SEVERAL("polynomials_that_are_said_not_to_be_negative_are_not"),
    ),
    Mutant(
        "bounds/orthants.py",
        "(k == degree or v.high_open or v.high.is_infinite)",
        "True",
        _CONDITIONS("ends_that_belong_to_a_range_count"),
    ),
    Mutant(
        "bounds/orthants.py",
        "[unit] * (degree - exponents[i])",
        "[unit] * degree",
        _CONDITIONS("ends_that_belong_to_a_range_count"),
    ),
    Mutant(
        "bounds/conditions.py",
        "(v.high, v.high_open) if slope.is_positive else (v.low, v.low_open)",
        "(v.low, v.low_open) if slope.is_positive else (v.high, v.high_open)",
        _CONDITIONS("new_ranges_hold_all_that_a_condition_leaves"),
    ),
    Mutant(
        "bounds/conditions.py",
        "sympy.S.Zero, sympy.oo, strict, True,",
        "sympy.S.One, sympy.oo, strict, True,",
        _CONDITIONS("new_ranges_hold_all_that_a_condition_leaves"),
    ),
    Mutant(
        "bounds/named.py",
        "        return min(found), max(found)",
        "        return found[0], found[-1]",
        _SEVERAL("a_part_stays_within_its_range"),
    ),
    Mutant(
        "bounds/manifolds.py",
        "SideCondition(1 if times.is_positive else -1",
        "SideCondition(-1 if times.is_positive else 1",
        "tests/bounds/test_reductions.py::test_true_claims_are_proved",
    ),
    Mutant(
        "bounds/scaling.py",
        "return (node.func(*values), first) if same else None",
        "return node.func(*values), first",
        "tests/bounds/test_reductions.py::test_what_does_not_scale",
    ),
    Mutant(
        "bounds/scaling.py",
        "    never = v.low > 0 and unit.high.is_infinite",
        "    never = False",
        "tests/bounds/test_reductions.py::test_ratios_have_the_ends_that_occur",
    ),
    Mutant(
        "core/contractions.py",
        "d - b * c / a",
        "d + b * c / a",
        "tests/bounds/test_reductions.py::test_bilinear_sums_are_products",
    ),
    Mutant(
        "bounds/along_contacts.py",
        "        yield _gathered(-slope)",
        "        yield slope",
        "tests/bounds/test_reductions.py::test_true_claims_are_proved",
    ),
    Mutant(
        "bounds/written.py",
        "    if cls not in _OF_TEXT and",
        "    if False and",
        "tests/bounds/test_tampering.py::test_a_changed_file_shows_nothing",
    ),
    Mutant(
        "bounds/checking.py",
        "if not (reason and closes):",
        "if not closes:",
        "tests/bounds/test_tampering.py::test_a_changed_file_shows_nothing",
    ),
)


def outcome(mutant: Mutant | None, folder: Path) -> int:
    """The status of pytest on a copy of the package with one mutant, or on all tests with none."""
    tests = (
        mutant.tests.split() if mutant else sorted({t for m in MUTANTS for t in m.tests.split()})
    )
    if mutant:
        (folder / "theorycalc" / mutant.file).write_text(mutant.mutated, encoding="utf-8")
    environment = {
        "PYTHONPATH": str(folder),
        "OPENBLAS_NUM_THREADS": "1",
    }
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *_OPTIONS, *tests],
        cwd=folder,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if mutant:
        # with its old time, so that no byte code of the mutant is taken for it
        shutil.copy2(ROOT / "theorycalc" / mutant.file, folder / "theorycalc" / mutant.file)
    if done.returncode not in (_PASSED, _FAILED) or (not mutant and done.returncode):
        print(done.stdout[-3000:], done.stderr[-1000:])
    return done.returncode


def main() -> int:
    """Run the mutants, and count those that survive."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="mutants whose file has this in its name")
    only = parser.parse_args().only
    chosen = [mutant for mutant in MUTANTS if only in mutant.file]
    with tempfile.TemporaryDirectory() as temporary:
        folders: queue.Queue = queue.Queue()
        for number in range(_WORKERS):
            folder = Path(temporary) / str(number)
            for part in _PARTS:
                copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
                folder.mkdir(exist_ok=True)
                copy(ROOT / part, folder / part)
            folders.put(folder)

        def run(mutant):
            folder = folders.get()
            try:
                return outcome(mutant, folder)
            finally:
                folders.put(folder)

        if not only and run(None) != _PASSED:
            raise SystemExit("the tests fail without a mutant")
        survivors = 0
        with ThreadPoolExecutor(_WORKERS) as pool:
            for mutant, status in zip(chosen, pool.map(run, chosen), strict=True):
                verdict = {_FAILED: "killed", _PASSED: "SURVIVED"}.get(status, "NO VERDICT")
                survivors += status != _FAILED
                print(f"{verdict:10} {mutant}", flush=True)
        print(f"{len(chosen) - survivors} of {len(chosen)} killed")
    return survivors


if __name__ == "__main__":
    raise SystemExit(main())
