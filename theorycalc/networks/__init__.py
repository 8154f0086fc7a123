"""Finite networks and their training, independent of every theory.

Everything runs on NumPy arrays and, unchanged, on any array-API namespace (torch tensors on a GPU
among them); the parameters of many networks are trained as one batched computation.
"""

from theorycalc.core.calls import tell_calls
from theorycalc.networks.arrays import to_numpy
from theorycalc.networks.attention import LinearAttention, linear_attention
from theorycalc.networks.fully_connected import MLP, mlp
from theorycalc.networks.layered import Layered, from_kernel
from theorycalc.networks.lipschitz_constants import lipschitz
from theorycalc.networks.network import Network, Parameters
from theorycalc.networks.optimizers import Adam, Momentum
from theorycalc.networks.tangent import tangent_kernel
from theorycalc.networks.training import Trained, train

__all__ = [
    "MLP",
    "Adam",
    "Layered",
    "LinearAttention",
    "Momentum",
    "Network",
    "Parameters",
    "Trained",
    "from_kernel",
    "linear_attention",
    "lipschitz",
    "mlp",
    "tangent_kernel",
    "to_numpy",
    "train",
]


def __dir__():
    return sorted(__all__)


tell_calls(__name__, __all__)
