"""Random finite networks that represent a polynomial on average."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import sympy

from theorycalc.core.arrays import real_array
from theorycalc.core.formula import Formula
from theorycalc.core.looks import Record
from theorycalc.networks import MLP, Parameters, mlp
from theorycalc.relu.routes._route import Neurons, Route


@dataclass(frozen=True, repr=False)
class FiniteNetwork(Record):
    """f_m(x) = M(x) · (two-layer network)(x), drawn by `Representation.network`.

    Attributes
    ----------
    mlp : MLP
        The architecture, in the standard parameterisation, one output. The affine part is inside:
        a linear form takes two more ReLU neurons, a constant is the bias of the output.
    parameters : Parameters
        Weights and biases of the network, or of all networks, to be evaluated or trained further.
    multiplier : Formula
        M, 1 for a plain network.
    is_ensemble : bool
        Whether there are several networks, one for each seed.
    """

    mlp: MLP
    parameters: Parameters
    multiplier: Formula
    is_ensemble: bool = False

    def __call__(self, X) -> np.ndarray:  # noqa: N803 - arrays of data are capital
        """Outputs (n,) at points (n, d), of an ensemble (seeds, n)."""
        points = real_array(X, "X")
        outputs = self.mlp(self.parameters, points)[:, :, 0]
        if self.multiplier.body != 1:
            outputs = outputs * self.multiplier.lambdify()(*points.T)
        return outputs if self.is_ensemble else outputs[0]


def finite_networks(
    route: Route, drawn: Sequence[Neurons], *, is_ensemble: bool = True
) -> FiniteNetwork:
    """The averages of the neurons, with the affine part, for every draw of them."""
    networks = [_with_affine_part(route, neurons) for neurons in drawn]
    weights, biases, readouts = map(np.stack, zip(*networks, strict=True))
    target = route.target
    network = mlp(
        target.dimension,
        biases.shape[1],
        activation=route.neuron,
        sigma_w=1,
        sigma_b=1,
        parameterization="standard",
    )
    constant = float(route.affine.coeff_monomial(sympy.S.One))
    parameters = Parameters(
        (weights, readouts[..., None]), (biases, np.full((len(networks), 1), constant))
    )
    multiplier = Formula("M", route.multiplier, target.variables)
    return FiniteNetwork(network, parameters, multiplier, is_ensemble)


def _with_affine_part(route: Route, neurons: Neurons) -> tuple:
    """Weights (d, m), biases (m,) and readout (m,)."""
    target = route.target
    linear = np.zeros(target.dimension)
    linear[target.places] = [float(route.affine.coeff_monomial(x)) for x in target.active]
    weights = neurons.weights.T
    biases = -neurons.biases
    readout = neurons.amplitudes / len(neurons.amplitudes)
    if linear.any():  # a·x = σ(a·x) − σ(−a·x)
        weights = np.column_stack([weights, linear, -linear])
        biases, readout = np.append(biases, [0.0, 0.0]), np.append(readout, [1.0, -1.0])
    return weights, biases, readout
