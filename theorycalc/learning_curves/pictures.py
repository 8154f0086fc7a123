"""Pictures of learning curves."""

from theorycalc.core.pictures import as_axes, as_measured, draw_measured


def draw(curve, ax=None, measured=None):
    """Test and training errors over the sample size, on logarithmic scales."""
    points, ax = as_measured(measured), as_axes(ax)
    for name, style in (("test", "-"), ("train", "--")):
        values, errors = curve[name].values, curve[f"{name}_error"].values
        if not (values > 0).any():
            continue
        [line] = ax.plot(curve.n.values, values, style, label=name)
        ends = values - errors, values + errors
        ax.fill_between(curve.n.values, *ends, alpha=0.25, linewidth=0, color=line.get_color())
    ax.set(xlabel="$n$", ylabel="mean-square error", xscale="log", yscale="log")
    ax.legend()
    draw_measured(ax, points)
    return ax
