"""The same networks on torch tensors, on a GPU if there is one; run by ``make test-torch``."""

import numpy as np
import pytest
from zoo import ZOO

import theorycalc as tc
from theorycalc.networks import from_kernel, linear_attention, mlp, tangent_kernel, to_numpy, train

pytestmark = pytest.mark.torch
K = tc.kernels
X = np.random.default_rng(2).normal(size=(5, 3))
Y = X[:, 0] * X[:, 1]
SIGNS, CLASSES = np.sign(Y), np.arange(5) % 2
IMAGES = np.random.default_rng(3).normal(size=(5, 4, 3, 2))
ARCHITECTURES = {
    "resnet": (K.resnet(2, "erf", sigma_b="0.2", scale="0.7"), X),
    "layer norm": (K.serial(K.dense("1.3"), K.layer_norm(), K.activation("erf"), K.dense()), X),
    "cnn": (K.cnn(2, activation="erf", dimensions=2), IMAGES),
    "pooling": (
        K.serial(
            K.conv2d((3, 2), 1, 0, 1), K.activation("gelu"), K.average_pool((2, 2)), K.flatten(),
            K.dense(),
        ),
        IMAGES,
    ),
}  # fmt: skip


def device():
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def tensor(array):
    import torch

    return torch.asarray(np.asarray(array), device=device())


def same(theirs, ours, rtol=1e-10):
    """Parameters and losses to rounding."""
    for half, other in zip(theirs.parameters, ours.parameters, strict=True):
        for a, b in zip(half, other, strict=True):
            assert str(a.device.type) == device()
            assert np.allclose(to_numpy(a), b, rtol=rtol, atol=rtol)
    assert np.allclose(theirs.loss, ours.loss, rtol=rtol)


@pytest.mark.parametrize("activation", ZOO.values(), ids=ZOO)
def test_outputs_kernels_and_training_are_the_same(activation):
    x, y = tensor(X), tensor(Y)
    network = mlp(3, 16, 2, activation, sigma_w=0.5, sigma_b=0.2)
    ours, theirs = network.init(range(3)), network.init(range(3), like=x)
    outputs, kernel = network(theirs, x), tangent_kernel(network, theirs, x)
    assert outputs.device == x.device
    assert np.allclose(to_numpy(outputs), network(ours, X), rtol=1e-12, atol=1e-12)
    assert np.allclose(to_numpy(kernel), tangent_kernel(network, ours, X), rtol=1e-12, atol=1e-12)
    end = train(network, ours, X, Y, learning_rate=1e-6, steps=10, batch_size=3)
    torch_end = train(network, theirs, x, y, learning_rate=1e-6, steps=10, batch_size=3)
    assert np.allclose(torch_end.loss, end.loss, rtol=1e-10)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_other_architectures(name):
    kernel, inputs = ARCHITECTURES[name]
    network, x = from_kernel(kernel, 6, outputs=1), tensor(inputs)
    ours, theirs = network.init(range(2), like=inputs), network.init(range(2), like=x)
    found = to_numpy(tangent_kernel(network, theirs, x))
    assert np.allclose(found, tangent_kernel(network, ours, inputs), rtol=1e-12)
    options = {"learning_rate": 0.02, "steps": 8, "optimizer": "momentum"}
    ends = (
        train(network, theirs, x, tensor(Y), **options),
        train(network, ours, inputs, Y, **options),
    )
    same(*ends)


def test_a_convolution_beside_autograd():
    """A loop of torch's own over one network: its convolution, its derivatives, its momentum."""
    import torch

    network = from_kernel(K.cnn(1, activation="erf", dimensions=2), 6)
    start = network.init([0], like=IMAGES)
    options = {"learning_rate": 0.05, "steps": 7, "optimizer": tc.networks.Momentum(0.5)}
    end, loss = train(network, start, IMAGES, Y, **options)
    w, v = (torch.asarray(p[0].copy()).requires_grad_() for p in start.weights)
    x, descent = torch.asarray(IMAGES).movedim(-1, 1), torch.optim.SGD([w, v], 0.05, momentum=0.5)
    x = torch.nn.functional.pad(x, (1, 1, 1, 1), mode="circular")
    for step in range(7):
        filters = w.reshape(3, 3, 2, 6).permute(3, 2, 0, 1) / w.shape[0] ** 0.5
        h = torch.erf(torch.nn.functional.conv2d(x, filters)).movedim(1, -1).flatten(1)
        total = 0.5 * ((h @ v[:, 0] / v.shape[0] ** 0.5 - torch.asarray(Y)) ** 2).sum()
        assert loss[step, 0] == pytest.approx(total.item(), rel=1e-11)
        descent.zero_grad()
        total.backward()
        descent.step()
    for ours, theirs in zip(end.weights, (w, v), strict=True):
        assert np.allclose(ours[0], theirs.detach().numpy(), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
@pytest.mark.parametrize("loss", ["squared", "logistic", "softmax", "hinge"])
def test_losses_and_optimisers(loss, optimizer):
    y = {"squared": Y, "softmax": CLASSES}.get(loss, SIGNS)
    outputs = 2 if loss == "softmax" else 1
    network = mlp(3, 8, 2, "erf", sigma_w=1.2, sigma_b=0.3, outputs=outputs, parameterization="mup")
    options = {
        "loss": loss, "optimizer": optimizer, "learning_rate": 0.02, "steps": 12,
        "weight_decay": 0.1, "layers": [1, 3], "batch_size": 2, "seed": (4, 1),
    }  # fmt: skip
    ours, theirs = network.init(range(3)), network.init(range(3), like=tensor(X))
    same(
        train(network, theirs, tensor(X), tensor(y), **options),
        train(network, ours, X, y, **options),
    )


@pytest.mark.parametrize("parameterization", ["standard", "mean_field"])
def test_fresh_samples_symmetric_starts_and_single_precision(parameterization):
    network = mlp(3, 8, activation="tanh", sigma_w=1, parameterization=parameterization)

    def sample(generator, n):
        x = generator.standard_normal((n, 3))
        return x, x[:, 0]

    options = {"one_pass": sample, "batch_size": 4, "learning_rate": 0.01, "steps": 300}
    for dtype, rtol in ((np.float64, 1e-10), (np.float32, 1e-3)):
        like = np.zeros(1, dtype)
        ours = network.init(range(2), like=like, symmetric=True)
        theirs = network.init(range(2), like=tensor(like), symmetric=True)
        same(train(network, theirs, **options), train(network, ours, **options), rtol)


def test_attention():
    head = linear_attention(d=2, n=6)
    options = {"one_pass": head.prompts(noise=0.5), "batch_size": 8, "steps": 50,
               "learning_rate": 0.02, "optimizer": "adam"}  # fmt: skip
    theirs = train(head, head.init([0], like=tensor(np.zeros(1))), **options)
    ours = train(head, head.init([0]), **options)
    same(theirs, ours)
    matrix = to_numpy(head.step_matrix(theirs.parameters))
    assert np.allclose(matrix, head.step_matrix(ours.parameters), rtol=1e-10)


def by_hand(outputs, parameters):
    """⟨∇f_a(x), ∇f_b(x')⟩ with one backward pass for every number of ``outputs`` (n, k)."""
    import torch

    rows = []
    for value in outputs.reshape(-1):
        slopes = torch.autograd.grad(value, parameters, retain_graph=True, allow_unused=True)
        slopes = [
            torch.zeros_like(p) if s is None else s for p, s in zip(parameters, slopes, strict=True)
        ]
        rows.append(torch.cat([slope.reshape(-1) for slope in slopes]))
    rows = torch.stack(rows)
    n, k = outputs.shape
    return (rows @ rows.T).reshape(n, k, n, k).transpose(1, 2).numpy()


def module(outputs=1):
    import torch

    torch.manual_seed(0)
    layers = torch.nn.Linear(3, 7), torch.nn.GELU(), torch.nn.Linear(7, outputs)
    return torch.nn.Sequential(*layers).double().to(device())


@pytest.mark.parametrize("outputs", [1, 3])
def test_the_kernel_of_a_module(outputs):
    net, x = module(outputs), tensor(X)
    parameters = dict(net.named_parameters())
    wanted = by_hand(net(x), list(parameters.values()))
    found = tangent_kernel(net, None, x).numpy()
    wanted = wanted[..., 0, 0] if outputs == 1 else wanted
    assert np.allclose(found, wanted, rtol=1e-12)
    assert np.allclose(tangent_kernel(net, None, x[:2], x[1:]).numpy(), wanted[:2, 1:], rtol=1e-12)
    # by names, and as a sum over them
    parts = [tangent_kernel(net, [name], x).numpy() for name in parameters]
    assert np.allclose(sum(parts), wanted, rtol=1e-12)
    net[0].weight.requires_grad_(False)
    assert np.allclose(tangent_kernel(net, None, x).numpy(), wanted - parts[0], rtol=1e-12)
    # other values in the place of the module's own
    moved = {"2.weight": 2 * parameters["2.weight"]}
    double = tangent_kernel(net, moved, x)
    assert np.allclose(double.numpy(), parts[2], rtol=1e-12)


def test_images_and_buffers():
    import torch

    torch.manual_seed(0)
    net = torch.nn.Sequential(
        torch.nn.Conv2d(2, 3, 2), torch.nn.BatchNorm2d(3), torch.nn.Tanh(), torch.nn.Conv2d(3, 1, 2)
    ).double().to(device())  # fmt: skip
    x = tensor(IMAGES).permute(0, 3, 1, 2)
    net(x)  # means of batches
    with pytest.raises(tc.DomainError, match=r"one input at a time.*eval"):
        tangent_kernel(net, None, x)
    net.eval()
    wanted = by_hand(net(x).reshape(len(x), -1), list(net.parameters()))
    assert wanted.shape[-1] == 2
    assert np.allclose(tangent_kernel(net, None, x).numpy(), wanted, rtol=1e-12)


def test_our_networks_as_functions(monkeypatch):
    """The kernels of our own networks, by automatic differentiation; in blocks as at once."""
    import torch

    network = mlp(3, 8, 1, "tanh", sigma_w=1.3, sigma_b=0.4)
    start, x = network.init(range(2), like=tensor(X)), tensor(X)
    wanted = to_numpy(tangent_kernel(network, start, x))
    scales = [network.multipliers(layer) for layer in (0, 1)]

    def function(p, x):
        for layer, (w, b) in enumerate(scales):
            x = torch.tanh(x) if layer else x
            x = w * x @ p[f"W{layer}"] + b * p[f"b{layer}"]
        return x

    for i in range(2):
        p = {
            f"{name}{layer}": values[i]
            for name, half in zip("Wb", start, strict=True)
            for layer, values in enumerate(half)
        }
        found = tangent_kernel(function, p, x)
        assert np.allclose(found.numpy(), wanted[i], rtol=1e-12)
        monkeypatch.setattr(tc.networks.torch_tangent, "_MOST", 200)
        blocks = tangent_kernel(function, p, x)
        assert np.allclose(blocks.numpy(), found.numpy(), rtol=1e-12)
        blocks = tangent_kernel(function, p, x[:4], x)
        assert np.allclose(blocks.numpy(), found[:4].numpy(), rtol=1e-12)
        monkeypatch.undo()


@pytest.mark.parametrize(
    ("parameters", "x", "message"),
    [
        (["0.wight"], X, "parameter of the module.*Try '0.weight'"),
        ([], X, "no parameters"),
        ({"0.weight": 3}, X, "parameter '0.weight': got int"),
        ("0.weight", X, "names of parameters"),
        (None, X[:, :2], "one input at a time"),
        (None, X[:0], "X1 is no tensor of inputs"),
        (None, X * np.inf, "not finite"),
    ],
)
def test_bad_modules(parameters, x, message):
    with pytest.raises(tc.DomainError, match=message):
        tangent_kernel(module(), parameters, tensor(x))


def test_bad_functions():
    with pytest.raises(tc.DomainError, match="X1 is no tensor"):
        tangent_kernel(module(), None, X)
    with pytest.raises(tc.DomainError, match="a dictionary of tensors"):
        tangent_kernel(lambda p, x: x, None, tensor(X))
    with pytest.raises(tc.DomainError, match="no layers"):
        tangent_kernel(module(), None, tensor(X), layer=1)
    with pytest.raises(tc.DomainError, match="one input at a time"):
        tangent_kernel(lambda p, x: 3.0, {"a": tensor([1.0])}, tensor(X))
