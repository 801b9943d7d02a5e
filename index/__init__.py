"""Passages in; a store, two search lanes and their fusion out."""
