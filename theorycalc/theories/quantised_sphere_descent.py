"""Gradient descent on a sphere with quantised messages: the top eigenvector, to a floor.

The seed finds leading eigenvectors from quantised gradients. One step of the angle is exact in the
plane, and its worst case for messages of given accuracy is worked out here.

Setting
-------
M symmetric with eigenvalues l₁ > l₂ ≥ … ≥ l_d, g = l₁ − l₂; steps η ≤ 1/(l₁ − l_d) along the
tangent gradient of ½x'Mx, of which every coordinate is known to q/2, with the exponential map
exp_x(u) = cos‖u‖ x + sin‖u‖ u/‖u‖. θ < π/2 is the angle to the top eigenvector.

References
----------
F. Alimisis, P. Davies, B. Vandereycken, D. Alistarh, "Distributed principal component analysis
with limited communication", NeurIPS 2021, arXiv:2110.14391.
"""

import numpy as np
import sympy

import theorycalc as tc

AUTHORS = "F. Alimisis, P. Davies, B. Vandereycken, D. Alistarh"
PAPER = tc.Paper("arXiv:2110.14391", AUTHORS, "Quantised descent on a sphere", __doc__)
THETA, ETA, G, Q, D = sympy.symbols("theta eta g q d", positive=True)
R, S = sympy.symbols("r s", positive=True)
sin, cos, sqrt, Rational = sympy.sin, sympy.cos, sympy.sqrt, sympy.Rational

one = PAPER.states(
    "exact",
    "In the plane a step takes θ to θ − ηg sin θ cos θ. Angles shrink by 1 − ηg near the "
    "eigenvector, and by 1 − 0.63 ηg at least within 44°.",
)
STEP = tc.Formula("theta_new", THETA - ETA * G * sin(THETA) * cos(THETA))
one.shows(STEP)
POINT = sympy.Matrix([cos(THETA), sin(THETA)])
PUSHED = sympy.diag(2 + G, 2) * POINT
TANGENT = ETA * (PUSHED - (POINT.T * PUSHED)[0] * POINT)
LENGTH = sqrt((TANGENT.T * TANGENT)[0])
MOVED = cos(LENGTH) * POINT + sin(LENGTH) / LENGTH * TANGENT
AT = {"theta": "2/3", "eta": "1/3", "g": "5/2"}
one.equals(STEP, sympy.atan(MOVED[1] / MOVED[0]), "the exponential map", **AT)
SLOPE = sin(THETA) * cos(THETA) >= Rational(63, 100) * THETA  # 2/π = 0.6366…
RANGE = {"theta": (0, Rational(78, 100))}
one.proves(SLOPE, "sin θ cos θ ≥ 0.63 θ", RANGE, contacts=[{"theta": 0}])

two = PAPER.states(
    "upper",
    "The exponential map does not expand: dist(exp_x u, exp_x v) ≤ ‖u − v‖. For equal lengths r "
    "at the angle 2α that is asin(sin α sin r) ≤ r sin α.",
)
APART = tc.Formula("half", sympy.asin(S * sin(R)))
two.shows(APART)
ENDS = [sympy.Matrix([cos(R), sign * sin(R) * S, sin(R) * sqrt(1 - S**2)]) for sign in (1, -1)]
CHORD = sympy.acos((ENDS[0].T * ENDS[1])[0]) / 2
two.equals(APART, CHORD, "the angle between the images", r="6/5", s="3/5")
BOX = {"s": ("1/20", "19/20"), "r": ("1/10", "3/2")}
two.proves(S * sin(R) <= sin(S * R), "the same, in sines", BOX)

three = PAPER.states(
    "upper",
    "With messages, θ' ≤ θ − ηg sin θ cos θ + ηq√d/2 (proved for d = 2 only): angles stop at "
    "½ asin(q√d/g), about q√d/(2g). A step costs d log₂(range/q) bits.",
)
WORST = tc.Formula("theta_new", STEP.expr + ETA * Q * sqrt(D) / 2)
FLOOR = tc.Formula("floor", sympy.asin(Q * sqrt(D) / G) / 2, args=(Q, D, G))
three.shows(WORST, FLOOR)
FIXED = tc.Formula("fixed", WORST.expr.subs(THETA, FLOOR.expr))
three.equals(FIXED, FLOOR, "where the worst step stands still", eta="1/4", q="1/50", d=9, g=1)
SMALL = sympy.asin(S) / 2 >= S / 2
three.proves(SMALL, "the floor is q√d/(2g) at least", {"s": (0, 1)}, contacts=[{"s": 0}])


@three.experiment("quantised descent on random matrices in six dimensions", quick=40, full=400)
def descents(run):
    """The largest ratio of a step to its bound, and final angles beside the floor."""
    d, q, generator, ratios, last = 6, 0.02, np.random.default_rng(0), [], []
    path = np.zeros(61)
    for _ in range(run.size):
        values = np.array([1.0, 0.0, *generator.uniform(-1, 0, d - 2)])
        basis = np.linalg.qr(generator.standard_normal((d, d)))[0]
        matrix, eta = (basis * values) @ basis.T, 1 / (1 - values.min())
        x = basis[:, 0] + 0.6 * generator.standard_normal(d)
        x *= np.sign(x @ basis[:, 0]) / np.linalg.norm(x)
        angles = [np.arctan2(np.linalg.norm(x - (x @ basis[:, 0]) * basis[:, 0]), x @ basis[:, 0])]
        for _ in range(60):
            gradient = matrix @ x
            gradient -= (x @ gradient) * x
            sent = q * np.round(gradient / q)
            move = eta * (sent - (x @ sent) * x)
            length = np.linalg.norm(move)
            x = np.cos(length) * x + np.sinc(length / np.pi) * move
            x /= np.linalg.norm(x)
            along = x @ basis[:, 0]
            angles.append(np.arctan2(np.linalg.norm(x - along * basis[:, 0]), along))
        angles = np.array(angles)
        bound = angles - eta * np.sin(2 * angles) / 2 + eta * q * d**0.5 / 2
        ratios.append((angles[1:] / bound[:-1]).max())
        last.append(angles[-1])
        path = np.maximum(path, angles)
    floor = float(FLOOR.at(q=str(q), d=d, g=1))
    run.at(None, 1.0, max(ratios), error=1e-9, name="a step over its bound", at_most=True)
    run.at(None, floor, max(last), error=1e-9, name="final angle ≤ floor", at_most=True)
    run.rejects("no floor", 0.0)
    run.points(range(0, 61, 5), path[::5], series="largest angle")
    run.line([0, 60], [floor, floor], "floor")
    run.axes("steps", "angle", log="y")
