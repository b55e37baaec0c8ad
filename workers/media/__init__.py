"""The media worker: claims pictures, paints them in batches, has them looked at and puts them away."""
