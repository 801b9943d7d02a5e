"""Documents in; text, sections, sentences and passages out, all with exact offsets."""
