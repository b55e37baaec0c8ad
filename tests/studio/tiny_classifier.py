"""Image models with random weights and few dimensions, saved as any other is and loaded by the real code."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

SIDE = 32


def make_classifier(folder: Path, labels: Sequence[str], sure: float) -> Path:
    """Save a ViT classifier that gives its first label `sure` more than the others, as a logit."""
    import torch
    from transformers import ViTConfig, ViTForImageClassification, ViTImageProcessor

    torch.manual_seed(1)
    config = ViTConfig(
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        image_size=SIDE,
        patch_size=8,
        id2label=dict(enumerate(labels)),
        label2id={label: number for number, label in enumerate(labels)},
    )
    model = ViTForImageClassification(config)
    with torch.no_grad():
        model.classifier.weight.zero_()
        model.classifier.bias.zero_()
        model.classifier.bias[0] = sure
    model.save_pretrained(folder)
    ViTImageProcessor(size={"height": SIDE, "width": SIDE}).save_pretrained(folder)
    return folder


def make_upscaler(folder: Path) -> Path:
    """Save a Swin2SR model that doubles pictures."""
    import torch
    from transformers import Swin2SRConfig, Swin2SRForImageSuperResolution, Swin2SRImageProcessor

    torch.manual_seed(1)
    config = Swin2SRConfig(
        image_size=16,
        patch_size=1,
        embed_dim=12,
        depths=[1],
        num_heads=[2],
        window_size=4,
        upscale=2,
        upsampler="pixelshuffledirect",
    )
    Swin2SRForImageSuperResolution(config).save_pretrained(folder)
    Swin2SRImageProcessor(pad_size=4).save_pretrained(folder)
    return folder
