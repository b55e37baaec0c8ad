"""Who speaks: schema, loader, versions, prompt rendering."""
