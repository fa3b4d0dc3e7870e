"""The variables of the environment that a script is given: a list of what programs need, and nothing else.

A script is somebody else's code: what stands in our environment for other programs (tokens,
keys of a cloud) is not for it.
"""

from collections.abc import Collection, Mapping

NEEDED = frozenset(
    [
        "PATH",
        "HOME",
        "USER",
        "LOGNAME",
        "SHELL",
        "PWD",
        "LANG",
        "LANGUAGE",
        "TZ",
        "TERM",
        "TMPDIR",
        "TMP",
        "TEMP",
        "DISPLAY",
        "WAYLAND_DISPLAY",
        "VIRTUAL_ENV",
        "CONDA_PREFIX",
        "CONDA_DEFAULT_ENV",
        "LD_LIBRARY_PATH",
        "LD_PRELOAD",
        "LIBRARY_PATH",
        "PYTHONPATH",
        "PYTHONHOME",
        "PYTHONDONTWRITEBYTECODE",
        "PYTHONPYCACHEPREFIX",
        "PYTHONHASHSEED",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "REQUESTS_CA_BUNDLE",
        "CURL_CA_BUNDLE",
        "NO_PROXY",
        "no_proxy",
        "HF_HOME",
        "HF_HUB_CACHE",
        "HF_HUB_OFFLINE",
        "HF_HUB_DISABLE_TELEMETRY",
        "HF_DATASETS_CACHE",
        "HUGGINGFACE_HUB_CACHE",
        "TRANSFORMERS_CACHE",
        "TRANSFORMERS_OFFLINE",
        "DIFFUSERS_CACHE",
        "COMFYUI_PATH",
        "FONTCONFIG_PATH",
        "FONTCONFIG_FILE",
    ]
)
FAMILIES = (
    "LC_", "XDG_", "DYLD_", "CUDA_", "NVIDIA_", "NCCL_", "CUBLAS_", "CUDNN_", "HIP_", "ROCR_", "ROCM_", "HSA_", "GPU_",
    "MIOPEN_", "PYTORCH_", "TORCH_", "TORCHINDUCTOR_", "TRITON_", "XLA_", "OMP_", "KMP_", "GOMP_", "MKL_", "OPENBLAS_",
    "NUMEXPR_", "VECLIB_", "METAL_", "MTL_", "SYCL_", "ZE_", "ONEAPI_", "IPEX_", "MALLOC_", "NUMBA_",
)  # fmt: skip
"""What tells libraries which processor, which memory and which folders to use."""
PROXIES = frozenset({"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"})
SECRET_WORDS = ("TOKEN", "KEY", "SECRET", "PASSWORD", "PASSWD", "CREDENTIAL", "AUTH", "COOKIE")


def for_script(environment: Mapping[str, str], named: Collection[str] = ()) -> dict[str, str]:
    """What a script is given of an environment; ``named`` are variables that the owner lets through as well.

    A proxy whose address holds a password is a secret, too.
    """
    kept = {name: value for name, value in environment.items() if name in named or _is_needed(name, value)}
    # Unbuffered, or progress would come in blocks; UTF-8, because a service often runs without a locale.
    return {**kept, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}


def _is_needed(name: str, value: str) -> bool:
    if name in NEEDED:
        return True
    if name in PROXIES:
        return "@" not in value
    return name.startswith(FAMILIES) and not any(word in name for word in SECRET_WORDS)
