"""What a warm process keeps of its loaders, and for how long."""

from typing import Any, ClassVar

import pytest

from musings.makers.script.warm.host import ModelCache


class Loader:
    RETURN_TYPES: ClassVar[Any] = ("MODEL", "CLIP")
    FUNCTION = "load"

    def load(self, name: str) -> tuple[object, object]:
        return object(), object()


class LoraLoader:
    RETURN_TYPES: ClassVar[Any] = ("MODEL",)
    FUNCTION = "load"

    def load(self, model: object, strength: float) -> list[object]:
        return [object()]


class NewLoader:
    """The newer shape of nodes: a class method that returns something like a tuple."""

    RETURN_TYPES: ClassVar[Any] = ["VAE"]
    FUNCTION = "execute"

    @classmethod
    def execute(cls, vae_name: str) -> list[object]:
        return [cls, object()]


class LoadImage(Loader):
    RETURN_TYPES: ClassVar[Any] = ("IMAGE", "MASK")


class ImageLoader(Loader):
    RETURN_TYPES: ClassVar[Any] = ("MODEL", "IMAGE")


class SlowLoader:
    RETURN_TYPES: ClassVar[Any] = ("MODEL",)
    FUNCTION = "load"

    async def load(self, name: str) -> Any:
        return object()


class BrokenLoader:
    @property
    def FUNCTION(self) -> str:  # noqa: N802 (ComfyUI's name)
        raise RuntimeError


@pytest.fixture
def cache() -> ModelCache:
    return ModelCache()


def fresh(*bases: type) -> list[Any]:
    """Classes of their own for each test: the cache changes them."""
    return [type(base.__name__, (base,), {}) for base in bases]


def test_a_load_is_kept_while_runs_ask_for_it(cache: ModelCache) -> None:
    [loader] = fresh(Loader)
    cache.stand_before({"CheckpointLoader": loader})
    first = loader().load(name="a")
    assert loader().load(name="a") is first
    cache.sweep()
    cache.used.clear()
    assert loader().load(name="a") is first
    other = loader().load(name="b")
    assert other is not first
    cache.used.clear()
    loader().load(name="b")
    cache.sweep()  # nobody asked for "a"
    assert loader().load(name="b") is other
    assert loader().load(name="a") is not first


def test_true_and_one_are_two_values(cache: ModelCache) -> None:
    [loader] = fresh(Loader)
    cache.stand_before({"CheckpointLoader": loader})
    assert loader().load(name=1) is not loader().load(name=True)


def test_what_builds_on_a_kept_model_is_kept_too(cache: ModelCache) -> None:
    loader, lora = fresh(Loader, LoraLoader)
    cache.stand_before({"CheckpointLoader": loader, "LoraLoader": lora})
    model = loader().load(name="a")[0]
    assert lora().load(model=model, strength=0.5) is lora().load(model=model, strength=0.5)
    assert lora().load(model=model, strength=0.5) is not lora().load(model=model, strength=0.6)
    stranger = object()
    assert lora().load(model=stranger, strength=0.5) is not lora().load(model=stranger, strength=0.5)


def test_the_newer_shape_of_nodes(cache: ModelCache) -> None:
    [node] = fresh(NewLoader)
    cache.stand_before({"VAELoader": node})
    first = node().execute(vae_name="a")
    assert first[0] is node
    assert node.execute(vae_name="a") is first


@pytest.mark.parametrize("wrap", [lambda model: {"result": (model,), "ui": {}}, lambda model: {}])
def test_a_loader_may_return_a_dictionary(cache: ModelCache, wrap: Any) -> None:
    loader, lora = fresh(Loader, LoraLoader)
    model = object()
    loader.load = lambda self, name: wrap(model)
    cache.stand_before({"CheckpointLoader": loader, "LoraLoader": lora})
    assert loader().load(name="a") is loader().load(name="a")
    kept = lora().load(model=model, strength=1) is lora().load(model=model, strength=1)
    assert kept == bool(wrap(model))


@pytest.mark.parametrize(
    ("name", "base"),
    [("LoadImage", LoadImage), ("ImageLoader", ImageLoader), ("SlowLoader", SlowLoader), ("KSampler", Loader)],
)
def test_what_is_no_loader_of_models_is_left_alone(cache: ModelCache, name: str, base: Any) -> None:
    [node] = fresh(base)
    before = node.load
    cache.stand_before({name: node, "BrokenLoader": BrokenLoader})
    assert node.load is before
