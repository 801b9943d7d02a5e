"""Question in; understanding, evidence, answer, citations or refusal out."""
