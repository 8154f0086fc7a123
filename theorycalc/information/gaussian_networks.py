"""Mutual information of Gaussian networks: determinants."""

import sympy
from sympy import Expr, log
from sympy.codegen.cfunctions import log1p

from theorycalc.core.errors import DomainError, explain
from theorycalc.core.expressions import positive_parameter, real_parameter
from theorycalc.core.formula import Formula
from theorycalc.core.numbers import exact_integer
from theorycalc.core.records import sequence

_MOST = 60


def layer_information(rank, n, sigma2=1, tau2=0) -> Formula:
    """The information of a mean classifier of Gaussian data about one example, seen at a layer.

    x = yμ + σz in R^d, ŵ the mean of n products y_i x_i, v = y₁x₁: the divergence of v given ŵ from
    a fresh one, averaged over ŵ, after an orthonormal map of a rank and noise of variance τ².

    Parameters
    ----------
    rank : int
        The rank of the map, ≥ 1; d and τ = 0 for the mutual information I(ŵ; z₁).
    n : int
        Number of examples, ≥ 2.
    sigma2, tau2 : number or Expr
        σ² > 0 and τ² ≥ 0.

    Returns
    -------
    Formula
        −(r/2) log(1 − σ²/(n(σ² + τ²))).

    Raises
    ------
    DomainError
        For a rank or n out of range, or variances that are not positive.

    Examples
    --------
    >>> import theorycalc as tc
    >>> print(tc.information.layer_information(50, 100).at(using=tc.Ball(20)))
    0.25125839633753602959 ± 2e-21
    """
    rank, n = exact_integer(rank, "rank", 1), exact_integer(n, "n", 2)
    sigma2, tau2 = positive_parameter(sigma2, "sigma2"), real_parameter(tau2, "tau2")
    if tau2.is_nonnegative is not True:
        raise DomainError(explain("tau2 is negative", got=tau2, allowed="≥ 0"))
    kept = sigma2 / (n * (sigma2 + tau2))
    return Formula("I", -sympy.Rational(rank, 2) * log1p(-kept))


def mutual_information(layers, noises, covariance=None) -> Formula:
    """I(X; Y) of a linear network with Gaussian noise after every layer.

    X ~ N(0, Σ), X ← W_l X + N(0, σ_l² I) for every layer, Y what comes out of the last.

    Parameters
    ----------
    layers : sequence of matrices
        W_1, W_2, …: rows of numbers or expressions; W_l has as many columns as W_{l−1} has rows.
    noises : sequence
        The variances σ_l², ≥ 0; that of the last layer is positive, or the information is infinite.
    covariance : matrix, optional
        Σ, symmetric and positive; the identity by default.

    Returns
    -------
    Formula
        ½ log(det Cov(Y)/det Cov(Y | X)); it does not rise from layer to layer.

    Raises
    ------
    DomainError
        For shapes that do not fit, or a law of Y given X without a density.

    Examples
    --------
    >>> import theorycalc as tc
    >>> one = tc.information.mutual_information([[[1, 2], [0, 1]]], ["1/2"])
    >>> two = tc.information.mutual_information([[[1, 2], [0, 1]], [[1, 1]]], ["1/2", 1])
    >>> one.expr, two.expr
    (log(17)/2, log(6)/2)
    """
    layers = [_matrix(w, "a layer") for w in sequence(layers, "layers")]
    noises = [real_parameter(v, "a variance") for v in sequence(noises, "noises")]
    if not layers or len(layers) != len(noises):
        got = f"{len(layers)} layers, {len(noises)} variances"
        raise DomainError(explain("not the layers of a network", got=got, allowed="n ≥ 1 and n"))
    if any(v.is_nonnegative is not True for v in noises):
        raise DomainError(explain("a negative variance", got=noises, allowed="≥ 0"))
    width = layers[0].cols
    signal = sympy.eye(width) if covariance is None else _matrix(covariance, "covariance")
    if signal.shape != (width, width) or signal != signal.T:
        got, allowed = f"{signal.rows} × {signal.cols}", f"symmetric, {width} × {width}"
        raise DomainError(explain("not a covariance", got=got, allowed=allowed))
    noise = sympy.zeros(width)
    for layer, variance in zip(layers, noises, strict=True):
        if layer.cols != signal.rows:
            got = f"{layer.cols} columns after {signal.rows} rows"
            raise DomainError(explain("layers that do not fit", got=got))
        signal, noise = (layer * x * layer.T for x in (signal, noise))
        noise = noise + variance * sympy.eye(layer.rows)
    rest = _determinant(noise)
    if rest == 0:
        what = "the output has no density given the input: the information is infinite"
        raise DomainError(explain(what, hint="noise after the last layer"))
    return Formula("I", log(_determinant(signal + noise) / rest) / 2)


def _matrix(x, what: str) -> sympy.Matrix:
    allowed = "rows of numbers, [[1, 2], [0, 1]]"
    rows = [sequence(row, what, allowed=allowed) for row in sequence(x, what, allowed=allowed)]
    widths = {len(row) for row in rows}
    if len(widths) != 1 or not 0 < max(widths) <= _MOST >= len(rows):
        raise DomainError(explain(f"{what} is no matrix", allowed=f"{allowed}, {_MOST} at most"))
    return sympy.Matrix([[real_parameter(entry, what) for entry in row] for row in rows])


def _determinant(matrix: sympy.Matrix) -> Expr:
    return sympy.factor(matrix.det(method="berkowitz")) if matrix.free_symbols else matrix.det()
