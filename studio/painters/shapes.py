"""A model of the real SDXL's shape with random weights, for measurements: 2.6 billion parameters, nothing downloaded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from studio.painters.quiet import hush_libraries, silence_libraries
from studio.painters.tiny import BETAS, clip_tokenizer, clip_vocabulary, give_contrast

UNET: dict[str, Any] = {
    "sample_size": 128,
    "block_out_channels": (320, 640, 1280),
    "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
    "up_block_types": ("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
    "layers_per_block": 2,
    "attention_head_dim": (5, 10, 20),
    "cross_attention_dim": 2048,
    "transformer_layers_per_block": (1, 2, 10),
    "use_linear_projection": True,
    "addition_embed_type": "text_time",
    "addition_time_embed_dim": 256,
    "projection_class_embeddings_input_dim": 2816,
}
VAE: dict[str, Any] = {
    "block_out_channels": (128, 256, 512, 512),
    "down_block_types": ("DownEncoderBlock2D",) * 4,
    "up_block_types": ("UpDecoderBlock2D",) * 4,
    "layers_per_block": 2,
    "latent_channels": 4,
    "sample_size": 1024,
    "scaling_factor": 0.13025,
    "force_upcast": True,
}
FIRST: dict[str, Any] = {"hidden_size": 768, "intermediate_size": 3072, "num_attention_heads": 12, "num_hidden_layers": 12}
SECOND: dict[str, Any] = {"hidden_size": 1280, "intermediate_size": 5120, "num_attention_heads": 20, "num_hidden_layers": 32}


def build_sdxl_shaped(folder: Path, device: str) -> Path:
    """Write a model as large as SDXL in half precision, some seven gigabytes, made on a device; return the folder."""
    silence_libraries(offline=True)
    hush_libraries()
    import torch
    from diffusers import AutoencoderKL, EulerDiscreteScheduler, StableDiffusionXLPipeline, UNet2DConditionModel
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

    words: dict[str, Any] = {"vocab_size": len(clip_vocabulary()), "bos_token_id": 0, "eos_token_id": 1, "pad_token_id": 1}
    with torch.random.fork_rng(devices=[]), torch.device(device):
        torch.manual_seed(0)
        vae: Any = AutoencoderKL(**VAE)
        give_contrast(vae)
        pipe = StableDiffusionXLPipeline(
            unet=UNet2DConditionModel(**UNET).half(),
            vae=vae.half(),
            text_encoder=CLIPTextModel(CLIPTextConfig(**FIRST, projection_dim=768, **words)).half(),
            text_encoder_2=CLIPTextModelWithProjection(CLIPTextConfig(**SECOND, projection_dim=1280, **words)).half(),
            tokenizer=clip_tokenizer(),
            tokenizer_2=clip_tokenizer(),
            scheduler=EulerDiscreteScheduler(timestep_spacing="leading", **BETAS),
            add_watermarker=False,
        )
    pipe.save_pretrained(folder, safe_serialization=True)
    return folder
