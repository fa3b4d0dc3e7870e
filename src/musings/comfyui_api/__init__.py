"""ComfyUI's protocol, translated, without I/O: its graphs into prompts, our rows into its queue, history and messages.

Source: what ComfyUI 0.3.64, 0.8.0 and 0.33.0 were observed to send and to take.
"""
