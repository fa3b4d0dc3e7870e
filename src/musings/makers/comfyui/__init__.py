"""The ComfyUI room: a client for its servers, a reader for its workflow files and for SaveAsScript exports.

It knows nothing of prompts, rows or workers. Behaviour cited as "observed" was seen on
ComfyUI 0.3.64 and 0.8.0; see ``docs/comfyui.md``.
"""
