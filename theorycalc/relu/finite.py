"""A random finite network that represents a polynomial on average."""

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
        Weights and biases of the one network, to be evaluated or trained further.
    multiplier : Formula
        M, 1 for a plain network.
    """

    mlp: MLP
    parameters: Parameters
    multiplier: Formula

    def __call__(self, X) -> np.ndarray:  # noqa: N803 - arrays of data are capital
        """Outputs (n,) at points (n, d)."""
        points = real_array(X, "X")
        outputs = self.mlp(self.parameters, points)[0, :, 0]
        if self.multiplier.body == 1:
            return outputs
        return outputs * self.multiplier.lambdify()(*points.T)


def finite_network(route: Route, neurons: Neurons) -> FiniteNetwork:
    """The average of the neurons, with the affine part."""
    target = route.target
    linear = np.zeros(target.dimension)
    linear[target.places] = [float(route.affine.coeff_monomial(x)) for x in target.active]
    weights = neurons.weights.T
    biases = -neurons.biases
    readout = neurons.amplitudes / len(neurons.amplitudes)
    if linear.any():  # a·x = σ(a·x) − σ(−a·x)
        weights = np.column_stack([weights, linear, -linear])
        biases, readout = np.append(biases, [0.0, 0.0]), np.append(readout, [1.0, -1.0])
    network = mlp(
        target.dimension,
        len(biases),
        activation=route.neuron,
        sigma_w=1,
        sigma_b=1,
        parameterization="standard",
    )
    constant = float(route.affine.coeff_monomial(sympy.S.One))
    parameters = Parameters(
        (weights[None], readout[None, :, None]), (biases[None], np.array([[constant]]))
    )
    return FiniteNetwork(network, parameters, Formula("M", route.multiplier, target.variables))
