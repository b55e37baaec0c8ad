"""Tiny models with random weights, one of each family, as folders that load like the real ones: nothing is downloaded.

Their pictures are coloured noise; what matters is that files, components, sizes and calls are those of the real models. For
tests, for the simulated picture model of a journey, and for benches. torch and diffusers are imported by each call.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

from studio.painters.quiet import hush_libraries, silence_libraries

if TYPE_CHECKING:
    import torch

Family: TypeAlias = Literal["sd15", "sdxl", "sdxl-turbo", "sd3", "flux"]
FAMILIES: tuple[Family, ...] = get_args(Family)
WIDTH = 32
"""Of each text encoder's hidden states."""
CLIP: dict[str, Any] = {
    "hidden_size": WIDTH,
    "intermediate_size": 37,
    "num_attention_heads": 4,
    "num_hidden_layers": 3,
    "projection_dim": WIDTH,
}
VAE: dict[str, Any] = {"block_out_channels": (8, 16, 16, 16), "layers_per_block": 1, "norm_num_groups": 4, "sample_size": 64}
VAE_BLOCKS = {"down_block_types": ("DownEncoderBlock2D",) * 4, "up_block_types": ("UpDecoderBlock2D",) * 4}
UNET: dict[str, Any] = {
    "block_out_channels": (8, 16),
    "layers_per_block": 1,
    "norm_num_groups": 4,
    "sample_size": 8,
    "cross_attention_dim": WIDTH,
}
UNET_BLOCKS = {
    "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D"),
    "up_block_types": ("CrossAttnUpBlock2D", "UpBlock2D"),
}
SDXL_EXTRAS = {
    "addition_embed_type": "text_time",
    "addition_time_embed_dim": 8,
    "projection_class_embeddings_input_dim": 6 * 8 + WIDTH,
    "transformer_layers_per_block": (1, 2),
    "use_linear_projection": True,
}
BETAS = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear", "steps_offset": 1}


def build_tiny(folder: Path, family: Family, seed: int = 0) -> Path:
    """Write a model of a family into a folder, and return the folder. The same seed, the same weights."""
    silence_libraries(offline=True)
    hush_libraries()
    import torch
    from diffusers import DiffusionPipeline

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        pipe: DiffusionPipeline = _BUILDERS[family]()
        give_contrast(pipe.vae)
        _listen(getattr(pipe, "unet", None))
    pipe.save_pretrained(folder, safe_serialization=True)
    return folder


def give_contrast(vae: torch.nn.Module) -> None:
    """Make pictures use the whole range from black to white: with fresh weights they are grey, and equal whatever happens."""
    import torch

    decoder: Any = vae
    with torch.no_grad():
        encoded = decoder.quant_conv if decoder.quant_conv is not None else decoder.encoder.conv_out
        numbers = decoder.config.latent_channels
        encoded.weight[numbers:] = 0  # a trained encoder is sure of what it sees: hardly any chance in it
        encoded.bias[numbers:] = -20
        spread = decoder.decode(torch.randn(4, decoder.config.latent_channels, 8, 8, device=decoder.device)).sample.std()
        decoder.decoder.conv_out.weight *= 0.7 / spread


def _listen(unet: Any) -> None:
    """Make words count for more than fresh weights let them."""
    import torch

    with torch.no_grad():
        for name, layer in unet.named_modules() if unet is not None else ():
            if name.endswith("attn2"):
                layer.to_v.weight *= 6


def _vae(latents: int, scaling: float, shift: float | None = None) -> Any:
    from diffusers import AutoencoderKL

    more = {"shift_factor": shift, "use_quant_conv": False, "use_post_quant_conv": False} if shift is not None else {}
    return AutoencoderKL(latent_channels=latents, scaling_factor=scaling, **VAE, **VAE_BLOCKS, **more)


def _clip(*, projected: bool = False) -> Any:
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

    config = CLIPTextConfig(vocab_size=len(clip_vocabulary()), bos_token_id=0, eos_token_id=1, pad_token_id=1, **CLIP)
    return (CLIPTextModelWithProjection if projected else CLIPTextModel)(config).eval()


def clip_vocabulary() -> dict[str, int]:
    """Every byte by itself and at a word's end: any text is read, a letter a token."""
    from tokenizers.pre_tokenizers import ByteLevel

    letters = sorted(ByteLevel.alphabet())
    words = ["<|startoftext|>", "<|endoftext|>", *letters, *(letter + "</w>" for letter in letters)]
    return {word: number for number, word in enumerate(words)}


def clip_tokenizer() -> Any:
    """Return a tokenizer to which each letter is a token."""
    from transformers import CLIPTokenizer

    return CLIPTokenizer(vocab=clip_vocabulary(), merges=[], model_max_length=77)


def _t5(width: int = WIDTH) -> Any:
    from transformers import T5Config, T5EncoderModel

    sizes: dict[str, Any] = {"d_model": width, "d_kv": 8, "d_ff": 37, "num_layers": 2, "num_heads": 4}
    return T5EncoderModel(T5Config(vocab_size=len(_t5_vocabulary()), **sizes)).eval()


def _t5_vocabulary() -> list[tuple[str, float]]:
    letters = [chr(code) for code in range(33, 127)]
    return [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -2.0), *((letter, -3.0) for letter in letters)]


def _t5_tokenizer() -> Any:
    from transformers import T5Tokenizer

    return T5Tokenizer(vocab=_t5_vocabulary(), extra_ids=0, model_max_length=512)


def _sd15() -> Any:
    from diffusers import PNDMScheduler, StableDiffusionPipeline, UNet2DConditionModel

    return StableDiffusionPipeline(
        unet=UNet2DConditionModel(attention_head_dim=2, **UNET, **UNET_BLOCKS),
        scheduler=PNDMScheduler(skip_prk_steps=True, **BETAS),
        vae=_vae(4, 0.18215),
        text_encoder=_clip(),
        tokenizer=clip_tokenizer(),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


def _sdxl(scheduler: Any = None) -> Any:
    from diffusers import EulerDiscreteScheduler, StableDiffusionXLPipeline, UNet2DConditionModel

    unet = UNet2DConditionModel(
        attention_head_dim=(2, 4), **{**UNET, "cross_attention_dim": 2 * WIDTH}, **UNET_BLOCKS, **SDXL_EXTRAS
    )
    return StableDiffusionXLPipeline(
        unet=unet,
        scheduler=scheduler or EulerDiscreteScheduler(timestep_spacing="leading", **BETAS),
        vae=_vae(4, 0.13025),
        text_encoder=_clip(),
        text_encoder_2=_clip(projected=True),
        tokenizer=clip_tokenizer(),
        tokenizer_2=clip_tokenizer(),
        add_watermarker=False,
    )


def _sdxl_turbo() -> Any:
    from diffusers import EulerAncestralDiscreteScheduler

    return _sdxl(EulerAncestralDiscreteScheduler(timestep_spacing="trailing", **BETAS))


def _sd3() -> Any:
    from diffusers import FlowMatchEulerDiscreteScheduler, SD3Transformer2DModel, StableDiffusion3Pipeline

    transformer = SD3Transformer2DModel(
        sample_size=8,
        patch_size=2,
        in_channels=16,
        out_channels=16,
        num_layers=2,
        attention_head_dim=8,
        num_attention_heads=4,
        caption_projection_dim=WIDTH,
        joint_attention_dim=2 * WIDTH,
        pooled_projection_dim=2 * WIDTH,
        pos_embed_max_size=64,
    )
    return StableDiffusion3Pipeline(
        transformer=transformer,
        scheduler=FlowMatchEulerDiscreteScheduler(shift=3.0),
        vae=_vae(16, 1.5305, 0.0609),
        text_encoder=_clip(projected=True),
        text_encoder_2=_clip(projected=True),
        text_encoder_3=_t5(2 * WIDTH),  # as wide as both CLIPs beside each other, as in the real one
        tokenizer=clip_tokenizer(),
        tokenizer_2=clip_tokenizer(),
        tokenizer_3=_t5_tokenizer(),
    )


def _flux() -> Any:
    from diffusers import FlowMatchEulerDiscreteScheduler, FluxPipeline, FluxTransformer2DModel

    transformer = FluxTransformer2DModel(
        patch_size=1,
        in_channels=64,
        num_layers=1,
        num_single_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=WIDTH,
        pooled_projection_dim=WIDTH,
        axes_dims_rope=(4, 4, 8),
        guidance_embeds=True,
    )
    return FluxPipeline(
        transformer=transformer,
        scheduler=FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True, shift=3.0),
        vae=_vae(16, 0.3611, 0.1159),
        text_encoder=_clip(),
        text_encoder_2=_t5(),
        tokenizer=clip_tokenizer(),
        tokenizer_2=_t5_tokenizer(),
    )


_BUILDERS: Mapping[Family, Any] = {"sd15": _sd15, "sdxl": _sdxl, "sdxl-turbo": _sdxl_turbo, "sd3": _sd3, "flux": _flux}
