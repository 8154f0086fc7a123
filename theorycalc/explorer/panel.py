"""The widgets: a slider for each argument, the picture, and what is known at the cursor."""

import base64
import html
from collections.abc import Mapping, Sequence

import numpy as np

from theorycalc.core import display
from theorycalc.core.errors import TheoryCalcError, missing_extra
from theorycalc.core.evaluation import Arithmetic
from theorycalc.core.looks import Look, Record
from theorycalc.core.pictures import label
from theorycalc.explorer.drawing import drawn
from theorycalc.explorer.spans import Span, spans
from theorycalc.explorer.subjects import Subject

_CODE = (
    '<button class="jupyter-button" style="float:right" '
    'onclick="navigator.clipboard.writeText(this.nextElementSibling.textContent)">'
    "copy as code</button><pre>{}</pre>"
)


class Explorer(Record):
    """A panel that `explore` makes; a notebook shows it where it is the last line of a cell.

    Attributes
    ----------
    subject, axis : ipywidgets.Dropdown
        What is looked at, and the argument that is drawn from end to end.
    sliders : dict of str to ipywidgets.IntSlider or FloatSlider
        By the names of the arguments.
    picture : ipywidgets.Image
    value, formula, message : ipywidgets.HTMLMath
        What is known at the cursor, the formula at the other numbers, and an error in their place.
    widget : ipywidgets.VBox
        All of it.
    """

    def __init__(self, subjects: Sequence[Subject], using: Arithmetic, ranges: Mapping):
        try:
            import ipywidgets
        except ImportError as error:
            raise missing_extra("ipywidgets", "notebook", "tc.explore") from error
        self._widgets, self._subjects, self._using = ipywidgets, subjects, using
        self._ranges = ranges
        titles = [f"{i}. {subject.title}" for i, subject in enumerate(subjects, 1)]
        self.subject = ipywidgets.Dropdown(options=titles)
        self.picture = ipywidgets.Image(format="png")
        self.value, self.formula, self.message = (ipywidgets.HTMLMath() for _ in range(3))
        self._code = ipywidgets.HTML()
        self.widget = ipywidgets.VBox()
        self.subject.observe(self._choose, names="value")
        self._choose()

    @property
    def point(self) -> dict[str, str]:
        """Where the sliders are: decimals by name."""
        return {name: self._spans[name].written(x.value) for name, x in self.sliders.items()}

    @property
    def code(self) -> str:
        """The line that gives what is known at the cursor."""
        return self._looked_at.code(self.point, self._using)

    @property
    def _looked_at(self) -> Subject:
        return self._subjects[self.subject.index]

    def _choose(self, change=None) -> None:
        """New sliders, for another subject."""
        subject, self._line = self._looked_at, None
        self._spans = spans(
            subject.args, subject.domain, {**subject.ranges, **self._ranges}, subject.points
        )
        self.sliders = {name: self._slider(name, span) for name, span in self._spans.items()}
        self.axis = self._widgets.Dropdown(options=list(self.sliders), description="axis")
        for widget in (self.axis, *self.sliders.values()):
            widget.observe(self._update, names="value")
        chosen = [self.subject] if len(self._subjects) > 1 else []
        chosen += [self.axis] if len(self.sliders) > 1 else []
        shown = (self.picture, self.value, self.formula, self._code, self.message)
        self.widget.children = (*chosen, *self.sliders.values(), *shown)
        self._update()

    def _slider(self, name: str, span: Span):
        kind, number = self._widgets.FloatSlider, float
        if span.is_whole:
            kind, number = self._widgets.IntSlider, int
        ends = {"min": span.low, "max": span.high, "step": span.step, "value": span.start}
        options = {} if span.is_whole else {"readout_format": ".4g"}
        return kind(description=name, **{end: number(x) for end, x in ends.items()}, **options)

    def _update(self, change=None) -> None:
        """The picture first: the rest is slower, and may fail where doubles do not."""
        subject, axis, point = self._looked_at, self.axis.value, self.point
        try:
            self.message.value = ""
            self.picture.value = self._drawn(subject, axis, point)
            self._code.value = _CODE.format(html.escape(self.code))
            self.formula.value = f"$${subject.latex(axis, point)}$$"
            self.value.value = subject.at(point, self._using)
        except TheoryCalcError as error:
            self.value.value, self.message.value = "", html.escape(str(error))

    def _drawn(self, subject: Subject, axis: str, point: dict) -> bytes:
        """The picture; a move of the cursor alone leaves the curves where they are."""
        cursor = float(point[axis])
        others = {**point, axis: None}
        if self._line is None or self._line[0] != others:
            places = np.array(self._spans[axis].places())
            self._line = others, places, subject.curves(axis, places, point)
        _, places, curves = self._line
        heights = [curve.values[0] for curve in subject.curves(axis, np.array([cursor]), point)]
        [symbol] = (x for x in subject.args if x.name == axis)
        words = {"xlabel": label(display.latex(symbol), axis), "ylabel": subject.label}
        return drawn(places, curves, cursor, heights, **words)

    def _look(self) -> Look:
        return Look(("Explorer",), (), [*self.point.items(), ("code", self.code)])

    def _repr_mimebundle_(self, **kwargs):
        """The widget, and for a page that has no kernel the picture."""
        image = base64.b64encode(self.picture.value).decode()
        page = {"text/plain": repr(self), "text/html": f'<img src="data:image/png;base64,{image}">'}
        return {**self.widget._repr_mimebundle_(**kwargs), **page}
