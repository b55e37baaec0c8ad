"""Replicate's API as its reference pages tell of it: predictions that take their time, models with schemas, files, faults."""

from evals.simulators.replicate.server import ReplicateSimulator
from evals.simulators.replicate.shelf import FLUX, SDXL, ModelOnShelf

__all__ = ["FLUX", "SDXL", "ModelOnShelf", "ReplicateSimulator"]
