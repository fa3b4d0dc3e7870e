"""Documents as the poets hand them over."""

IMAGE = {
    "prompt": "a fox in the snow",
    "negative_prompt": "text, blur",
    "style_tags": ["ink", "wide"],
    "technical_params": {"aspect_ratio": "3:2", "quality": "high", "mood": "calm"},
    "composition": {"subject": "a fox", "background": "birches", "lighting": "dusk"},
}


SONG = {
    "title": "Low Tide",
    "genre": "folk",
    "mood": "hopeful",
    "tempo": "92",
    "structure": [
        {"type": "verse", "number": 1, "lyrics": "The boats are dry"},
        {"type": "chorus", "lyrics": "Oh tide"},
    ],
    "metadata": {"key": "D", "time_signature": "4/4", "vocal_style": "alto", "instrumentation": ["guitar"]},
}
