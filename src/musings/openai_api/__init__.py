"""OpenAI's protocol, translated: its requests into ours, our results into its answers. No I/O.

https://platform.openai.com/docs/api-reference. What goes beyond it is told in docs/openai.md.
"""
