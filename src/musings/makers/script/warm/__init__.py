"""Warm scripts: a process of ComfyUI's Python that keeps an export and its models loaded between prompts."""
