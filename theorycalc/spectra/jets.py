"""Numbers with their derivatives along every unknown, over any field: arrays of doubles, balls."""


class Jet:
    """A value and its slopes along the unknowns, with the operations of a field."""

    __slots__ = ("slopes", "value")

    def __init__(self, value, slopes: list):
        self.value, self.slopes = value, slopes

    def __add__(self, other):
        if isinstance(other, Jet):
            slopes = [x + y for x, y in zip(self.slopes, other.slopes, strict=True)]
            return Jet(self.value + other.value, slopes)
        return Jet(self.value + other, self.slopes)

    __radd__ = __add__

    def __neg__(self):
        return Jet(-self.value, [-x for x in self.slopes])

    def __sub__(self, other):
        return self + (-other)

    def __rsub__(self, other):
        return -self + other

    def __mul__(self, other):
        if isinstance(other, Jet):
            pairs = zip(self.slopes, other.slopes, strict=True)
            slopes = [x * other.value + self.value * y for x, y in pairs]
            return Jet(self.value * other.value, slopes)
        return Jet(self.value * other, [x * other for x in self.slopes])

    __rmul__ = __mul__

    def __truediv__(self, other):
        if isinstance(other, Jet):
            quotient = self.value / other.value
            pairs = zip(self.slopes, other.slopes, strict=True)
            return Jet(quotient, [(x - quotient * y) / other.value for x, y in pairs])
        return Jet(self.value / other, [x / other for x in self.slopes])

    def __rtruediv__(self, other):
        quotient = other / self.value
        return Jet(quotient, [-quotient * x / self.value for x in self.slopes])


def value_of(x):
    """The number without its slopes."""
    return x.value if isinstance(x, Jet) else x
