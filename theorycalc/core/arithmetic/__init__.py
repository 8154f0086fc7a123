"""The three arithmetics: the ``using=`` argument of every evaluation."""

from theorycalc.core.arithmetic.ball import Ball
from theorycalc.core.arithmetic.float import Float
from theorycalc.core.arithmetic.mp import MP

__all__ = ["MP", "Ball", "Float"]
