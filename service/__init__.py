"""Everything that faces a user: settings, HTTP, pages, commands."""
