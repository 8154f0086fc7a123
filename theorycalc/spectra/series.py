"""Moments and free cumulants of laws, exact: power series over rationals and expressions."""

import sympy
from sympy import Expr, S, binomial

from theorycalc.spectra import nodes


def moments(node: nodes.Node, order: int) -> list[Expr]:
    """E x^k for k = 0, …, order."""
    return _MOMENTS[type(node)](node, order)


def cumulants(node: nodes.Node, order: int) -> list[Expr]:
    """The free cumulants κ_1, …, κ_order behind a 0."""
    return cumulants_of(moments(node, order))


def mean(node: nodes.Node) -> float:
    """The first moment as a double."""
    return float(moments(node, 1)[1])


def moments_of(kappa: list) -> list:
    """Moments from free cumulants: M(t) = 1 + Σ_s κ_s (t M(t))^s."""
    found = [S.One]
    for n in range(1, len(kappa)):
        found.append(
            _tidy(sum((kappa[s] * _powered(found, s, n - s) for s in range(1, n + 1)), S.Zero))
        )
    return found


def cumulants_of(moment: list) -> list:
    """Free cumulants from moments, the inverse of `moments_of`."""
    kappa = [S.Zero]
    for n in range(1, len(moment)):
        known = sum((kappa[s] * _powered(moment, s, n - s) for s in range(1, n)), S.Zero)
        kappa.append(_tidy(moment[n] - known))
    return kappa


def _powered(series: list, power: int, degree: int) -> Expr:
    """The coefficient of t^degree in a power of a series that begins with 1, after Euler."""
    out = [S.One]
    for n in range(1, degree + 1):
        terms = ((power * k - (n - k)) * series[k] * out[n - k] for k in range(1, n + 1))
        out.append(_tidy(sum(terms, S.Zero) / n))
    return out[degree]


def _tidy(x: Expr) -> Expr:
    return x if x.is_Rational else sympy.expand(x)


def _product(one: list, two: list) -> list:
    return [
        _tidy(sum((one[i] * two[n - i] for i in range(n + 1)), S.Zero)) for n in range(len(one))
    ]


def _reciprocal(series: list) -> list:
    """1/series."""
    out = [1 / series[0]]
    for n in range(1, len(series)):
        known = sum((series[k] * out[n - k] for k in range(1, n + 1)), S.Zero)
        out.append(_tidy(-known / series[0]))
    return out


def _inverse(series: list) -> list:
    """The inverse function of a_1 t + a_2 t² + …, by Lagrange's formula."""
    order = len(series) - 1
    rest = _reciprocal([*series[1:], S.Zero][: order + 1]) if order else []
    out, power = [S.Zero], [S.One, *[S.Zero] * order]
    for n in range(1, order + 1):
        power = _product(power, rest)
        out.append(_tidy(power[n - 1] / n))
    return out


def _atoms(node: nodes.Atoms, order: int) -> list:
    pairs = [*zip(node.places, node.weights, strict=True)]
    powers = [S.One] * len(pairs)
    out = []
    for _ in range(order + 1):
        out.append(_tidy(sum((w * x for (_, w), x in zip(pairs, powers, strict=True)), S.Zero)))
        powers = [_tidy(x * t) for (t, _), x in zip(pairs, powers, strict=True)]
    return out


def _affine(node: nodes.Affine, order: int) -> list:
    base = moments(node.bases[0], order)
    a, b = node.a, node.b
    return [
        _tidy(sum((binomial(n, k) * a**k * b ** (n - k) * base[k] for k in range(n + 1)), S.Zero))
        for n in range(order + 1)
    ]


def _plus_semicircle(node: nodes.PlusSemicircle, order: int) -> list:
    kappa = cumulants(node.bases[0], order)
    return moments_of([k + (node.v if i == 2 else 0) for i, k in enumerate(kappa)])


def _plus_poisson(node: nodes.PlusPoisson, order: int) -> list:
    kappa = cumulants(node.bases[0], order)
    return moments_of(
        [k + (node.c ** (i - 1) * node.a**i if i else 0) for i, k in enumerate(kappa)]
    )


def _times_poisson(node: nodes.TimesPoisson, order: int) -> list:
    # X'TX/n is a sum of p free rank-one terms: its cumulants are those of a compound Poisson law
    base = moments(node.bases[0], order)
    companion = moments_of([S.Zero, *(_tidy(node.c * m) for m in base[1:])])
    return [S.One, *(_tidy(m / node.c) for m in companion[1:])]


def _compressed(node: nodes.Compressed, order: int) -> list:
    kappa = cumulants(node.bases[0], order)
    return moments_of([k * node.t ** (i - 1) if i else k for i, k in enumerate(kappa)])


def _free_sum(node: nodes.FreeSum, order: int) -> list:
    one, two = (cumulants(base, order) for base in node.bases)
    return moments_of([_tidy(x + y) for x, y in zip(one, two, strict=True)])


def _free_product(node: nodes.FreeProduct, order: int) -> list:
    """ψ = Σ m_k t^k; its inverse is χ, and S(s) = χ(s)(1 + s)/s multiplies."""
    one, two = ([S.Zero, *moments(base, order)[1:]] for base in node.bases)
    chi = _product([*_inverse(one)[1:], S.Zero], [*_inverse(two)[1:], S.Zero])[:order]
    # χ(s) = s χ_1(s)/s χ_2(s)/s (1 + s)
    chi = [x + (chi[i - 1] if i else 0) for i, x in enumerate(chi)]
    return [S.One, *_inverse([S.Zero, *chi])[1:]]


def _information_plus_noise(node: nodes.InformationPlusNoise, order: int) -> list:
    """1/z and G as series in u = 1/ζ, then G in 1/z."""
    c, v = node.c, node.v
    g = [S.Zero, *moments(node.bases[0], order)]
    stretch = [S.One, *(v * c * x for x in g[1:])]
    over = _product(stretch, [x + (v * (1 - c) if i == 1 else 0) for i, x in enumerate(stretch)])
    inverse = _reciprocal(over)  # 1/(zu)
    u = _inverse([S.Zero, *inverse[:-1]])
    cauchy = _product(g, _reciprocal(stretch))
    return _composed(cauchy, u)[1:]


def _composed(outer: list, inner: list) -> list:
    out = [S.Zero] * len(outer)
    for x in reversed(outer):
        out = _product(out, inner)
        out[0] += x
    return out


_MOMENTS = {
    nodes.Atoms: _atoms,
    nodes.Affine: _affine,
    nodes.PlusSemicircle: _plus_semicircle,
    nodes.PlusPoisson: _plus_poisson,
    nodes.TimesPoisson: _times_poisson,
    nodes.Compressed: _compressed,
    nodes.InformationPlusNoise: _information_plus_noise,
    nodes.FreeSum: _free_sum,
    nodes.FreeProduct: _free_product,
}
