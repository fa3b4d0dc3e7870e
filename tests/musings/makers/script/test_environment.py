"""What a script is given of our environment."""

import pytest

from musings.makers.script.environment import for_script

KEPT = {
    "PATH": "/bin", "HOME": "/home/a", "LANG": "C.UTF-8", "LC_ALL": "C", "CUDA_VISIBLE_DEVICES": "1",
    "HF_HOME": "/models",
    "PYTORCH_CUDA_ALLOC_CONF": "x", "OMP_NUM_THREADS": "4", "XDG_CACHE_HOME": "/cache",
    "HTTPS_PROXY": "http://proxy:3128",
    "HSA_OVERRIDE_GFX_VERSION": "10.3.0", "LD_LIBRARY_PATH": "/lib", "TMPDIR": "/tmp",
}  # fmt: skip
NEVER = (
    "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
    "OPENAI_API_KEY",
    "TAVILY_API_KEY", "MUSINGS_SECRET_SIGNING_KEY", "MUSINGS_ALERTS__URLS", "GITHUB_TOKEN", "SSH_AUTH_SOCK",
    "PGPASSWORD",
    "DATABASE_URL", "KUBECONFIG", "GOOGLE_APPLICATION_CREDENTIALS", "ANTHROPIC_API_KEY", "TORCH_HUB_TOKEN",
    "NVIDIA_API_KEY",
    "SOMETHING_THAT_NOBODY_HAS_HEARD_OF", "DBUS_SESSION_BUS_ADDRESS", "NPM_CONFIG__AUTH", "LC",
)  # fmt: skip


def test_a_script_is_given_what_a_program_needs_and_no_secret() -> None:
    given = for_script({**KEPT, **dict.fromkeys(NEVER, "secret")})
    assert given == {**KEPT, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}


def test_a_proxy_with_a_password_is_a_secret() -> None:
    assert "https_proxy" not in for_script({"https_proxy": "http://me:secret@proxy:3128"})


@pytest.mark.parametrize("name", NEVER)
def test_the_owner_may_let_one_through(name: str) -> None:
    assert for_script(dict.fromkeys(NEVER, "x"), [name]).keys() & set(NEVER) == {name}
