"""Training of the reader: the model that judges question and passage together."""
